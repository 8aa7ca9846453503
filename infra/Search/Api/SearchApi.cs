using System.Text.Json;
using Streaming.Search.Failures;
using Streaming.Search.Indices;
using Streaming.Search.Searching;

namespace Streaming.Search.Api;

/// <summary><c>_search</c> and <c>_count</c>.</summary>
internal sealed class SearchApi(Catalogue catalogue)
{
    public void Search(ApiRequest request, ApiAnswer answer)
    {
        request.Allow("from", "size", "track_total_hits", "_source", "_source_includes", "_source_excludes", "version", "seq_no_primary_term");
        var search = request.Json() is { } body ? SearchRequest.Read(body) : SearchRequest.Default;
        if (request.Number("from") is { } from)
            search = search with { From = (int)Math.Clamp(from, 0, int.MaxValue) };
        if (request.Number("size") is { } size)
            search = search with { Size = (int)Math.Clamp(size, 0, int.MaxValue) };
        if (request.Parameter("track_total_hits") is { } tracked)
            search = search with { TrackTotal = tracked switch { "true" or "" => int.MaxValue, "false" => null, _ => (int)Math.Clamp(request.Number("track_total_hits")!.Value, 0, int.MaxValue) } };
        if ((request.Parameter("_source") ?? request.Parameter("_source_includes") ?? request.Parameter("_source_excludes")) is not null)
            search = search with { Source = SourceParameters.Read(request) };
        SearchExecution.Run(catalogue.Resolve(request.Path.Count > 1 ? request.Path[0] : null), search, answer.Json);
    }

    public void Count(ApiRequest request, ApiAnswer answer)
    {
        request.Allow();
        JsonElement? query = null;
        if (request.Json() is { ValueKind: JsonValueKind.Object } body)
        {
            foreach (var part in body.EnumerateObject())
                query = part.Name == "query" ? part.Value : throw SearchFailure.Parsing($"request does not support [{part.Name}]");
        }

        var indices = catalogue.Resolve(request.Path.Count > 1 ? request.Path[0] : null);
        var count = SearchExecution.Count(indices, query);
        answer.Json.WriteStartObject();
        answer.Json.WriteNumber("count", count);
        Shards.Write(answer.Json, indices.Count);
        answer.Json.WriteEndObject();
    }
}
