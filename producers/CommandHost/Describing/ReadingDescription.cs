using System.Text.Json.Nodes;
using Streaming.CommandHost.Reading;

namespace Streaming.CommandHost.Describing;

/// <summary>How reading a context's aggregates is described.</summary>
internal static class ReadingDescription
{
    public static void Write(string context, string idName, string idExample, JsonObject paths)
    {
        Describe.Operation(paths, $"/{context}/{{id}}", "get", Read(
            context, "state", "An aggregate: its events folded by the rules that decide. asOfBusiness tells the sum of changes instead.", idName, idExample, isPaged: false,
            Describe.Object(
            [
                (idName, Describe.Text(null)), ("version", Describe.Whole("Sequence of the last event that is included.")),
                ("recordedAt", Describe.Text("When that was recorded.")), ("position", Describe.Text("Where it stands, topic-partition@offset.")),
                ("state", new JsonObject { ["type"] = "object" }), (Moment.BusinessName, Describe.Text(null)), ("eventCount", Describe.Whole(null)),
                ("changes", new JsonObject { ["type"] = "object" }), ("meaning", Describe.Text(null)),
            ], [idName])));
        Describe.Operation(paths, $"/{context}/{{id}}/events", "get", Read(
            context, "events", "An aggregate's events, page by page, with all that their records say.", idName, idExample, isPaged: true,
            Describe.Object(
            [
                (idName, Describe.Text(null)), ("version", Describe.Whole("Of the whole aggregate.")),
                ("events", new JsonObject { ["type"] = "array", ["items"] = Event() }), ("next", Describe.Text("The next page; absent on the last.")),
            ], [idName, "version", "events"])));
    }

    private static JsonObject Event() => Describe.Object(
    [
        ("sequence", Describe.Whole("Place within the aggregate, from 1.")), ("type", Describe.Text("Full name of the record.")),
        ("occurredAt", Describe.Text("Business time.")), ("recordedAt", Describe.Text("When it was written.")), ("position", Describe.Text("topic-partition@offset")),
        ("eventId", Describe.Text(null)), ("commandId", Describe.Text("The command it comes from.")), ("correlationId", Describe.Text(null)),
        ("actor", Describe.Text("Who asked.")), ("tenant", Describe.Text(null)), ("data", new JsonObject { ["type"] = "object" }),
    ], ["sequence", "type", "occurredAt", "recordedAt", "position", "data"]);

    private static JsonObject Read(string context, string what, string summary, string idName, string idExample, bool isPaged, JsonObject answer)
    {
        var parameters = new JsonArray(
            CommandDescription.Id(idName, idExample),
            Describe.Parameter("query", "atLeast", "Wait until the aggregate has this version.", Describe.Whole(null)),
            Describe.Parameter("query", Moment.SequenceName, "With the first events only, up to this one.", Describe.Whole(null)),
            Describe.Parameter("query", Moment.RecordedName, "As it was known at this time; a date means through its end, UTC."),
            Describe.Parameter("query", Moment.BusinessName, "With what had happened by this time, whenever it was recorded; a date means through its end, UTC."));
        if (isPaged)
        {
            parameters.Add(Describe.Parameter("query", "from", "First sequence of the page.", Describe.Whole(null)));
            parameters.Add(Describe.Parameter("query", "limit", "Most events of the page.", Describe.Whole(null)));
        }

        return new JsonObject
        {
            ["tags"] = new JsonArray(context),
            ["operationId"] = $"{context}-{what}",
            ["summary"] = summary,
            ["parameters"] = parameters,
            ["responses"] = new JsonObject
            {
                ["200"] = Describe.Response("As asked.", answer, ("ETag", "The version.")),
                ["304"] = Describe.Response("Not changed since the ETag in If-None-Match."),
                ["400"] = Describe.Problem("The question cannot be read; errors says why, by field."),
                ["404"] = Describe.Problem("The aggregate is not known, or was not at that moment."),
                ["410"] = Describe.Problem("The aggregate was erased."),
                ["429"] = Describe.Problem("Too many requests of one caller.", ("Retry-After", "When to try again, in seconds.")),
                ["503"] = Describe.Problem("Not there yet: the host starts, the version has not come, or the log cannot be read.", ("Retry-After", "When to try again, in seconds.")),
            },
        };
    }
}
