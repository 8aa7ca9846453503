using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Streaming.ElasticSink.Client;
using Streaming.ElasticSink.Documents;

namespace Streaming.ElasticSink.Querying;

/// <summary>Reads documents through the readers' aliases.</summary>
internal sealed class DocumentQueries(SearchClient client, ElasticOptions options, TimeProvider time)
{
    /// <summary>A document as it is now; null when there is none.</summary>
    public async Task<JsonObject?> FindAsync(ReadModel model, string id, CancellationToken cancellationToken)
    {
        using var answer = await client.TryGetAsync($"{model.AliasOf(options)}/_doc/{Uri.EscapeDataString(id)}", cancellationToken);
        return answer is null ? null : JsonObject.Create(answer.RootElement.GetProperty("_source").Clone());
    }

    /// <summary>What several models have under an id, in one request: all of it from one generation. Null where there is none.</summary>
    public async Task<IReadOnlyList<JsonObject?>> FindAsync(IReadOnlyList<ReadModel> models, string id, CancellationToken cancellationToken)
    {
        var wanted = new JsonObject { ["docs"] = new JsonArray([.. models.Select(model => new JsonObject { ["_index"] = model.AliasOf(options), ["_id"] = id })]) };
        using var answer = await client.SendAsync(HttpMethod.Post, "_mget", Encoding.UTF8.GetBytes(wanted.ToJsonString()), cancellationToken);
        return [.. answer.RootElement.GetProperty("docs").EnumerateArray()
            .Select(document => document.TryGetProperty("_source", out var source) ? JsonObject.Create(source.Clone()) : null)];
    }

    /// <summary>The document once it holds the version, or what there is when the wait is over: a caller reads what it wrote.</summary>
    public async Task<JsonObject?> FindAsync(ReadModel model, string id, long atLeast, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var found = await FindAsync(model, id, cancellationToken);
            if (VersionOf(found) >= atLeast || time.GetElapsedTime(start).TotalMilliseconds >= options.AtLeastWaitMs)
                return found;
            await Task.Delay(TimeSpan.FromMilliseconds(options.AtLeastPollMs), time, cancellationToken);
        }
    }

    public static long VersionOf(JsonObject? document) => (long?)document?["meta"]?["sequence"] ?? 0;

    /// <summary>A page of hits, and where the next one begins.</summary>
    /// <param name="after">What an earlier page gave; null for the first.</param>
    public async Task<DocumentPage> SearchAsync(ReadModel model, JsonObject body, int limit, string? after, CancellationToken cancellationToken)
    {
        body["size"] = limit;
        if (after is not null)
            body["search_after"] = JsonNode.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(after)));
        using var answer = await client.SendAsync(HttpMethod.Post, $"{model.AliasOf(options)}/_search", Encoding.UTF8.GetBytes(body.ToJsonString()), cancellationToken);
        var hits = answer.RootElement.GetProperty("hits").GetProperty("hits").EnumerateArray().ToList();
        var next = hits.Count == limit && hits[^1].TryGetProperty("sort", out var sort) ? Convert.ToBase64String(Encoding.UTF8.GetBytes(sort.GetRawText())) : null;
        return new DocumentPage([.. hits.Select(hit => hit.GetProperty("_source").Clone())], next,
            answer.RootElement.TryGetProperty("aggregations", out var sums) ? sums.Clone() : null);
    }
}

/// <param name="Next">What <c>after</c> is for the next page; null on the last.</param>
internal sealed record DocumentPage(IReadOnlyList<JsonElement> Items, string? Next, JsonElement? Sums);
