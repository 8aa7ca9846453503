using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Streaming.ElasticSink.Client;

namespace Streaming.ElasticSink.Generations;

/// <summary>Documents under one key: one, unless somebody put in another.</summary>
internal sealed record KeyGroup(SortKey Key, IReadOnlyList<JsonElement> Hits);

/// <summary>Everything in an index by rising key, page after page: a key never changes, so what is written meanwhile moves no document past the page.</summary>
/// <param name="pageSize">Documents that are held at once, twice: the next page comes while one is read.</param>
internal sealed class IndexScan(SearchClient client, string index, IReadOnlyList<string> key, int pageSize = IndexScan.PageSizeByDefault)
{
    private const int PageSizeByDefault = 4_000;

    /// <exception cref="InvalidOperationException">A whole page has one key.</exception>
    public async IAsyncEnumerable<KeyGroup> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var fetching = FetchAsync(after: null, cancellationToken);
        for (var isLast = false; !isLast;)
        {
            var groups = await fetching;
            isLast = groups.Sum(group => group.Hits.Count) < pageSize;
            if (!isLast)
            {
                // Behind a full page there may be more under its last key: that one is left to the next page.
                groups.RemoveAt(groups.Count - 1);
                if (groups.Count == 0)
                    throw new InvalidOperationException($"{index} has {pageSize} documents or more under one key ({string.Join(", ", key)}): it cannot be compared.");
                fetching = FetchAsync(groups[^1].Key, cancellationToken);
            }

            foreach (var group in groups)
                yield return group;
        }
    }

    private async Task<List<KeyGroup>> FetchAsync(SortKey? after, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["size"] = pageSize,
            ["track_total_hits"] = false,
            ["sort"] = new JsonArray([.. key.Select(field => new JsonObject { [field] = "asc" })]),
        };
        if (after is { } last)
            body["search_after"] = JsonNode.Parse(last.Json.GetRawText());
        using var answer = await client.SendAsync(HttpMethod.Post, $"{index}/_search", Encoding.UTF8.GetBytes(body.ToJsonString()), cancellationToken);
        var root = answer.RootElement.Clone();
        if (root.GetProperty("timed_out").GetBoolean() || root.GetProperty("_shards").GetProperty("failed").GetInt32() > 0)
            throw new SearchServerException(503, "", $"A page of {index} came in part only.");
        var groups = new List<KeyGroup>();
        foreach (var hit in root.GetProperty("hits").GetProperty("hits").EnumerateArray())
        {
            var itsKey = SortKey.Read(hit.GetProperty("sort"));
            if (groups.Count > 0 && groups[^1].Key.OrderAgainst(itsKey) == 0)
                groups[^1] = groups[^1] with { Hits = [.. groups[^1].Hits, hit] };
            else
                groups.Add(new(itsKey, [hit]));
        }

        return groups;
    }
}
