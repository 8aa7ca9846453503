using System.Net;
using System.Text;
using System.Text.Json;
using Streaming.Chaos;
using Streaming.Chaos.Clusters;
using Streaming.Fixtures;
using Streaming.LogChecker;

namespace Streaming.EndToEnd.Tests.WriteSide;

/// <summary>A result that comes after the caller was told to ask later.</summary>
public sealed class LateResultTests
{
    private const string Sku = "SKU-1";
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private static readonly Dictionary<string, string> AsksOnly = new() { ["Commands__Roles__Processor"] = "false" };

    [Fact]
    public async Task It_is_found_where_the_caller_was_told_to_ask_and_a_repeat_gets_the_same_bytes_from_any_host()
    {
        await using var stage = await Stage.StartAsync(await EmbeddedCluster.StartAsync(), running: 1);
        await using var door = stage.NewHost(AsksOnly);
        await door.StartReadyAsync(Deadline);
        using var http = new HttpClient();
        (await SendAsync(http, door.Url, "register", """{"name": "Widget"}""", "c-1")).Status.ShouldBe(HttpStatusCode.Created);

        var decider = stage.Hosts[0];
        decider.Pause();
        var accepted = await SendAsync(http, door.Url, "receive", """{"quantity": 5}""", "c-2", patience: "wait=1");
        var refused = await SendAsync(http, door.Url, "sell", """{"quantity": 6, "reason": "sale"}""", "c-3", patience: "wait=1");
        new[] { accepted.Status, refused.Status }.ShouldBe([HttpStatusCode.Accepted, HttpStatusCode.Accepted]);
        (await http.GetAsync(new Uri(door.Url, accepted.Location))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        decider.Resume();

        var found = new[] { await FindAsync(http, door.Url, accepted), await FindAsync(http, door.Url, refused) };
        using var late = new CancellationTokenSource(Deadline);
        var log = stage.Read(InventoryChecks.Contexts, late.Token);
        LogCheck.Violations(log, [new("inventory", Sku, "c-1", true, 1), new("inventory", Sku, "c-2", true, 2), new("inventory", Sku, "c-3", false, 0)], isSettled: true)
            .ShouldBeEmpty();
        found.Select(AsLogged).ShouldBe(log.Results.Where(result => result.CommandId != "c-1").OrderBy(result => result.CommandId)
            .Select(result => (result.CommandId, result.Version, result.EventCount, result.Refusal)));

        foreach (var (action, body, id, status) in new[]
            { ("receive", """{"quantity": 5}""", "c-2", HttpStatusCode.OK), ("sell", """{"quantity": 6, "reason": "sale"}""", "c-3", HttpStatusCode.Conflict) })
        {
            var repeats = new[] { await SendAsync(http, door.Url, action, body, id), await SendAsync(http, decider.Url, action, body, id), await SendAsync(http, door.Url, action, body, id) };
            repeats.Distinct().ShouldHaveSingleItem().Status.ShouldBe(status);
        }

        stage.Read(InventoryChecks.Contexts, late.Token).Events.Count.ShouldBe(log.Events.Count);
    }

    private static async Task<JsonElement> FindAsync(HttpClient http, Uri host, Answer pending)
    {
        await Eventually.Async(
            async () => (await http.GetAsync(new Uri(host, pending.Location))).StatusCode == HttpStatusCode.OK, Deadline, $"{pending.Location} has the result");
        return JsonDocument.Parse(await http.GetStringAsync(new Uri(host, pending.Location))).RootElement;
    }

    private static (string CommandId, long Version, int EventCount, string? Refusal) AsLogged(JsonElement found) => (
        found.GetProperty("commandId").GetString()!, found.GetProperty("version").GetInt64(),
        found.TryGetProperty("eventCount", out var count) ? count.GetInt32() : 0,
        found.GetProperty("status").GetString() == "refused" ? $"{found.GetProperty("code").GetString()}: {found.GetProperty("reason").GetString()}" : null);

    private static async Task<Answer> SendAsync(HttpClient http, Uri host, string action, string body, string commandId, string? patience = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host, $"/inventory/{Sku}/{action}"))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
            Headers = { { "Idempotency-Key", commandId } },
        };
        if (patience is not null)
            request.Headers.TryAddWithoutValidation("Prefer", patience);
        using var response = await http.SendAsync(request);
        return new(response.StatusCode, response.Headers.ETag?.Tag, response.Headers.Location?.OriginalString, await response.Content.ReadAsStringAsync());
    }

    private sealed record Answer(HttpStatusCode Status, string? ETag, string? Location, string Text);
}
