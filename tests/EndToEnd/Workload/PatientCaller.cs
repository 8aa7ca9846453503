using System.Globalization;
using System.Net;
using System.Text;
using Streaming.LogChecker;

namespace Streaming.EndToEnd.Tests.Workload;

/// <summary>Sends a command again, under the same key, until it is told accepted or refused: as callers of a host that dies must.</summary>
internal sealed class PatientCaller(Uri commands) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { BaseAddress = commands, Timeout = TimeSpan.FromSeconds(15) };

    public async Task<ToldAnswer> AskAsync(PlannedCommand command, CancellationToken deadline)
    {
        while (true)
        {
            if (await TryAskAsync(command, deadline) is { } told)
                return told;
            await Task.Delay(Pause, TimeProvider.System, deadline);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<ToldAnswer?> TryAskAsync(PlannedCommand command, CancellationToken deadline)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/inventory/{command.Sku}/{command.Verb}")
        {
            Content = new StringContent(command.Body.ToJsonString(), Encoding.UTF8, "application/json"),
            Headers = { { "Idempotency-Key", command.CommandId } },
        };
        try
        {
            using var answer = await _http.SendAsync(request, deadline);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK or HttpStatusCode.Created => new ToldAnswer("inventory", command.Sku, command.CommandId, IsAccepted: true, Version(answer)),
                HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity =>
                    new ToldAnswer("inventory", command.Sku, command.CommandId, IsAccepted: false, Version: 0),
                HttpStatusCode.Accepted or >= HttpStatusCode.InternalServerError => null,
                var other => throw new InvalidOperationException($"{command} was answered {(int)other}: {await answer.Content.ReadAsStringAsync(deadline)}"),
            };
        }
        catch (Exception interrupted) when (interrupted is HttpRequestException or IOException || (interrupted is TaskCanceledException && !deadline.IsCancellationRequested))
        {
            return null;
        }
    }

    private static long Version(HttpResponseMessage answer) =>
        long.Parse(answer.Headers.ETag?.Tag.Trim('"') ?? throw new InvalidOperationException("An accepted command has no ETag."), CultureInfo.InvariantCulture);
}
