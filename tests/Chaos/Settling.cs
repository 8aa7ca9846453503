using System.Net.Http.Json;
using System.Text.Json;
using Streaming.LogChecker;

namespace Streaming.Chaos;

/// <summary>Waits until every order has its outcome, and does what an operator does about those that are stuck.</summary>
public sealed class Settling(Stage stage, Action<string> say)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    public async Task SettleAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(deadline);
        try
        {
            var resumed = await ResumeUntilSettledAsync(late.Token);
            say($"every order is settled; {resumed} were stuck and resumed");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The checks that follow name the orders.
            say($"not settled within {deadline.TotalMinutes:0} min");
        }
    }

    private async Task<int> ResumeUntilSettledAsync(CancellationToken late)
    {
        using var http = new HttpClient { BaseAddress = stage.Hosts[0].Url };
        for (var resumed = 0; ; resumed += await ResumeStuckAsync(http, late))
        {
            if (!OrderCheck.Violations(stage.Read(["orders", "inventory", "accounts"], late)).Any())
                return resumed;
            await Task.Delay(Look, TimeProvider.System, late);
        }
    }

    private static async Task<int> ResumeStuckAsync(HttpClient http, CancellationToken late)
    {
        var stuck = await http.GetFromJsonAsync<JsonElement>("/fulfilment/stuck", late);
        var count = 0;
        foreach (var order in stuck.GetProperty("fulfilments").EnumerateArray())
        {
            using var answer = await http.PostAsJsonAsync($"/fulfilment/{order.GetProperty("orderId").GetString()}/resume", new { reason = "after the faults" }, late);
            count += answer.IsSuccessStatusCode ? 1 : 0;
        }

        return count;
    }
}
