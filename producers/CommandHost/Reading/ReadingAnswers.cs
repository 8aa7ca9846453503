using System.Globalization;
using System.Text.Json;
using Streaming.CommandHost.Http;

namespace Streaming.CommandHost.Reading;

/// <summary>What readers are told.</summary>
/// <param name="idName">What the context calls its aggregates' ids.</param>
internal sealed class ReadingAnswers(string idName)
{
    public IResult State(string id, RecordedEvent last, object state) => Json(
        (idName, id), ("version", last.Sequence), ("recordedAt", last.RecordedAt.UtcDateTime), ("position", last.Position), ("state", state));

    public IResult Sum(string id, DateTimeOffset then, int eventCount, object? changes, string meaning) => Json(
        (idName, id), (Moment.BusinessName, then.UtcDateTime), ("eventCount", eventCount), ("changes", changes), ("meaning", meaning));

    public IResult Page(string id, long version, List<JsonElement> events, string? next) => Json(
        (idName, id), ("version", version), ("events", events), ("next", next));

    public static IResult NotModified(string tag, HttpResponse response)
    {
        response.Headers.ETag = tag;
        return Results.StatusCode(StatusCodes.Status304NotModified);
    }

    public IResult Unknown(string id, string title) => Problem(id, new(
        StatusCodes.Status404NotFound, title, $"{id} has no events here, or had none at that moment.", $"no-events"));

    public IResult Erased(string id) => Problem(id, new(
        StatusCodes.Status410Gone, "Erased", $"The events of {id} were purged, as a whole and on purpose. They do not come back.", "erased"));

    public IResult TooMany(string id, long version, int countMax) => Problem(id, new(
        StatusCodes.Status422UnprocessableEntity, "Too many events to fold",
        $"{id} has {version} events; {countMax} are folded at most (Commands:Reading:FoldEventsMax). Read them page by page, or ask a read model.", "too-many-events"));

    public IResult NotYet(string id, long wanted, long version, HttpResponse response)
    {
        response.Headers.RetryAfter = "1";
        return Problem(id, new(StatusCodes.Status503ServiceUnavailable, "Not there yet",
            string.Create(CultureInfo.InvariantCulture, $"{id} has version {version}, not yet {wanted}: ask again."), "not-yet") { Version = version });
    }

    public static IResult NotReady(long indexed, HttpResponse response)
    {
        response.Headers.RetryAfter = "1";
        return new Problem(StatusCodes.Status503ServiceUnavailable, "Starting",
            string.Create(CultureInfo.InvariantCulture, $"The host is still reading where the events are, {indexed} so far: try again."), "not-ready").ToResult();
    }

    public IResult Unreadable(string id, string why, HttpResponse response)
    {
        response.Headers.RetryAfter = "1";
        return Problem(id, new(StatusCodes.Status503ServiceUnavailable, "The log cannot be read now", $"{why} Try again.", "unreadable"));
    }

    private IResult Problem(string id, Problem problem) => (problem with { Id = (idName, id) }).ToResult();

    private static IResult Json(params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var json = new OrderedDictionary<string, object?>(members.Length);
        foreach (var (name, value) in members)
        {
            if (value is not null)
                json.Add(name, value);
        }

        return Results.Json(json, AnswerJson.Options);
    }
}
