using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Web;

namespace Streaming.Cli.Tests.Demo;

/// <summary>Command host and SQL sink in one, in memory: enough of both to play a story against.</summary>
internal sealed class RememberingHosts : HttpMessageHandler
{
    private readonly Dictionary<string, List<Event>> _events = [];
    private readonly Dictionary<string, int> _decided = [];

    /// <summary>Ids of all commands that came, repeated ones included.</summary>
    public List<string> CommandIds { get; } = [];

    /// <summary>How many of the next answers say "not yet".</summary>
    public int NotYetCount { get; set; }

    private sealed record Event(string Type, DateOnly Date, int Delta, string Reason, long UnitCount, DateTimeOffset RecordedAt);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (NotYetCount-- > 0)
            return new HttpResponseMessage(request.Method == HttpMethod.Post ? HttpStatusCode.Accepted : HttpStatusCode.ServiceUnavailable);
        var path = request.RequestUri!.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return request.Method == HttpMethod.Post
            ? Decide(path[1], path[2], await request.Content!.ReadFromJsonAsync<JsonElement>(cancellationToken), request.Headers)
            : Answer(path, HttpUtility.ParseQueryString(request.RequestUri.Query));
    }

    private HttpResponseMessage Decide(string sku, string action, JsonElement body, HttpRequestHeaders headers)
    {
        var id = headers.GetValues("Idempotency-Key").Single();
        CommandIds.Add(id);
        if (!_events.TryGetValue(sku, out var events))
            _events[sku] = events = [];
        if (!_decided.TryGetValue(id, out var version))
        {
            if (headers.IfMatch.Single().Tag != $"\"{events.Count}\"")
                return new HttpResponseMessage(HttpStatusCode.PreconditionFailed);
            events.Add(Happen(action, body, events.LastOrDefault()?.UnitCount ?? 0, events.Count));
            _decided[id] = version = events.Count;
        }
        return new HttpResponseMessage(HttpStatusCode.OK) { Headers = { ETag = new EntityTagHeaderValue($"\"{version}\"") } };
    }

    private static Event Happen(string action, JsonElement body, long before, int count)
    {
        var quantity = action == "register" ? 0 : body.GetProperty("quantity").GetInt32();
        var (type, delta) = action switch
        {
            "register" => ("v2.ProductRegistered", 0),
            "receive" => ("StockReceived", quantity),
            "sell" => ("StockSold", -quantity),
            _ => (quantity < 0 ? "v2.StockLost" : "v2.StockFound", quantity),
        };
        return new Event(
            $"streaming.inventory.{type}", DateOnly.Parse(body.GetProperty("occurredAt").GetString()!, CultureInfo.InvariantCulture), delta,
            body.GetProperty("reason").GetString()!, before + delta, DateTimeOffset.UnixEpoch.AddSeconds(count));
    }

    private HttpResponseMessage Answer(string[] path, System.Collections.Specialized.NameValueCollection query)
    {
        var events = _events[path[1]];
        if (path.Length > 2)
        {
            return Json(new
            {
                items = events.Select((e, i) => new { sequence = i + 1, e.Type, e.Date, e.Delta, e.Reason, e.UnitCount, position = $"inventory.events-0@{i}", e.RecordedAt }),
            });
        }
        var counted = events.Where(e => query["asOf"] is not { } asOf || e.Date <= DateOnly.Parse(asOf, CultureInfo.InvariantCulture))
            .Where(e => query["asOfRecorded"] is not { } asOf || e.RecordedAt <= DateTimeOffset.Parse(asOf, CultureInfo.InvariantCulture)).ToList();
        return Json(new
        {
            sku = path[1],
            unitCount = counted.Sum(e => e.Delta),
            dateIncoming = counted.Where(e => e.Delta > 0).Max(e => (DateOnly?)e.Date),
            dateOutgoing = counted.Where(e => e.Delta < 0).Max(e => (DateOnly?)e.Date),
        });
    }

    private static HttpResponseMessage Json<T>(T body) => new(HttpStatusCode.OK) { Content = JsonContent.Create(body) };
}
