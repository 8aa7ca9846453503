using System.Globalization;
using System.Net;
using System.Text;
using Streaming.LogChecker;

namespace Streaming.Chaos.Workload;

/// <summary>Sends commands again, under the same key and to the hosts in turn, until each is told accepted or refused: as callers of hosts that die must.</summary>
public sealed class PatientCaller(IReadOnlyList<Uri> hosts) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { Timeout = TimeSpan.FromSeconds(15) };
    private int _repeats;

    /// <summary>How often a command was sent again.</summary>
    public int Repeats => _repeats;

    public async Task<ToldAnswer> AskAsync(PlannedCommand command, CancellationToken deadline)
    {
        for (var turn = command.Turn; ; turn++)
        {
            if (await TryAskAsync(hosts[turn % hosts.Count], command, deadline) is { } told)
                return told;
            Interlocked.Increment(ref _repeats);
            await Task.Delay(Pause, TimeProvider.System, deadline);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<ToldAnswer?> TryAskAsync(Uri host, PlannedCommand command, CancellationToken deadline)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host, $"/{command.Context}/{command.AggregateId}/{command.Action}"))
        {
            Content = new StringContent(command.Body.ToJsonString(), Encoding.UTF8, "application/json"),
            Headers = { { "Idempotency-Key", command.CommandId } },
        };
        try
        {
            using var answer = await _http.SendAsync(request, deadline);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK or HttpStatusCode.Created => Told(command, isAccepted: true, Version(answer)),
                HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity => Told(command, isAccepted: false, version: 0),
                HttpStatusCode.Accepted or >= HttpStatusCode.InternalServerError => null,
                var other => throw new InvalidOperationException($"{command} was answered {(int)other}: {await answer.Content.ReadAsStringAsync(deadline)}"),
            };
        }
        catch (Exception interrupted) when (interrupted is HttpRequestException or IOException || (interrupted is TaskCanceledException && !deadline.IsCancellationRequested))
        {
            return null;
        }
    }

    private static ToldAnswer Told(PlannedCommand command, bool isAccepted, long version) =>
        new(command.Context, command.AggregateId, command.CommandId, isAccepted, version);

    private static long Version(HttpResponseMessage answer) =>
        long.Parse(answer.Headers.ETag?.Tag.Trim('"') ?? throw new InvalidOperationException("An accepted command has no ETag."), CultureInfo.InvariantCulture);
}
