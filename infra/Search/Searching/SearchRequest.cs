using System.Text.Json;
using Streaming.Search.Failures;

namespace Streaming.Search.Searching;

/// <summary>What <c>_search</c> is asked, before any index is looked at.</summary>
/// <param name="TrackTotal">Count up to so many; null: not at all.</param>
internal sealed record SearchRequest(
    JsonElement? Query, JsonElement? Sort, JsonElement? After, JsonElement? Aggregations, int From, int Size, SourceFilter Source, int? TrackTotal,
    bool WithVersion, bool WithSequence)
{
    private const int TrackedByDefault = 10_000;

    public static SearchRequest Default { get; } = new(null, null, null, null, 0, 10, SourceFilter.All, TrackedByDefault, false, false);

    public static SearchRequest Read(JsonElement body)
    {
        var request = Default;
        if (body.ValueKind != JsonValueKind.Object)
            throw SearchFailure.Parsing("Expected [START_OBJECT] but found something else");
        foreach (var part in body.EnumerateObject())
            request = request.With(part.Name, part.Value);
        return request;
    }

    private SearchRequest With(string name, JsonElement value) => name switch
    {
        "query" => this with { Query = value },
        "sort" => this with { Sort = value },
        "search_after" => this with { After = value },
        "aggs" or "aggregations" => this with { Aggregations = value },
        "from" => this with { From = Count(name, value) },
        "size" => this with { Size = Count(name, value) },
        "_source" => this with { Source = SourceFilter.Read(value) },
        "track_total_hits" => this with { TrackTotal = Tracked(value) },
        "version" => this with { WithVersion = value.ValueKind == JsonValueKind.True },
        "seq_no_primary_term" => this with { WithSequence = value.ValueKind == JsonValueKind.True },
        _ => throw SearchFailure.Parsing($"Unknown key for a {value.ValueKind} in [{name}]: this search node does not support it"),
    };

    public static int? Tracked(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => int.MaxValue,
        JsonValueKind.False => null,
        _ => Count("track_total_hits", value),
    };

    private static int Count(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count >= 0
            ? count
            : throw SearchFailure.IllegalArgument($"[{name}] parameter cannot be negative, and is a whole number");
}
