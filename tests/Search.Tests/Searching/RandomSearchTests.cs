using System.Text.Json.Nodes;
using Streaming.Fixtures;
using Streaming.Search.Tests.Support;

namespace Streaming.Search.Tests.Searching;

/// <summary>Random documents, updated and deleted at random over many refreshes and merges: every search equals a scan of what should be there.</summary>
public sealed class RandomSearchTests : IAsyncLifetime
{
    private static readonly string[] Words = ["red", "green", "blue", "widget", "gadget", "fox", "Fox", "jumps", "über", "example.org"];

    private readonly TempFolder _folder = new("search-random");
    private readonly int _seed = Environment.TickCount;
    private readonly Random _random;
    private readonly Dictionary<string, Document> _expected = [];
    private SearchServer _server = null!;
    private SearchCalls _calls = null!;

    public RandomSearchTests() => _random = new Random(_seed);

    // Small buffers: many segments, many merges, several commits.
    public async ValueTask InitializeAsync() => await RestartAsync();

    public async ValueTask DisposeAsync()
    {
        _calls.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Searches_equal_a_scan()
    {
        await _calls.PutAsync("/r", """
            {"mappings":{"dynamic":"strict","properties":{"k":{"type":"keyword"},"ks":{"type":"keyword"},"n":{"type":"long"},"ns":{"type":"integer"},"d":{"type":"double"},
             "t":{"type":"text"},"at":{"type":"date"},"b":{"type":"boolean"},"p":{"type":"scaled_float","scaling_factor":100}}}}
            """);
        for (var round = 0; round < 30; round++)
        {
            await ChangeAsync();
            if (round % 10 == 9)
                await RestartAsync();
            await _calls.PostAsync("/r/_refresh");
            await CheckAsync($"seed {_seed}, round {round}");
        }
    }

    private async Task RestartAsync()
    {
        if (_server is not null)
        {
            _calls.Dispose();
            await _server.DisposeAsync();
        }

        _server = await SearchServer.StartAsync(new SearchServerOptions { DataDirectory = _folder.Path, BufferBytesMax = 4_096, TranslogBytesMax = 64 << 10 });
        _calls = new SearchCalls(_server.Url);
    }

    private async Task ChangeAsync()
    {
        var lines = new List<string>();
        for (var i = 0; i < 80; i++)
        {
            var id = $"id-{_random.Next(600)}";
            if (_random.Next(8) == 0)
            {
                lines.Add($$$"""{"delete":{"_id":"{{{id}}}"}}""");
                _expected.Remove(id);
                continue;
            }

            var document = SomeDocument();
            lines.Add($$$"""{"index":{"_id":"{{{id}}}"}}""");
            lines.Add(document.ToJson());
            _expected[id] = document;
        }

        (await _calls.BulkAsync("/r/_bulk", lines)).ShouldBe(200);
    }

    private async Task CheckAsync(string what)
    {
        ((int)(await _calls.GetAsync("/r/_count")).Json["count"]!).ShouldBe(_expected.Count, what);
        for (var i = 0; i < 15; i++)
        {
            var (query, matches) = SomeQuery(depth: 2);
            var expected = _expected.Where(document => matches(document.Value)).Select(document => document.Key).Order(StringComparer.Ordinal);
            string.Join(' ', await _calls.IdsAsync("r", $$"""{"query":{{query}},"sort":["_id"],"size":1000}""")).ShouldBe(string.Join(' ', expected), $"{what}: {query}");
        }

        await CheckOrderAsync(what);
        await CheckSumsAsync(what);
        var id = _expected.Keys.ElementAt(_random.Next(_expected.Count));
        (await _calls.GetAsync($"/r/_doc/{id}")).Json["_source"]!.ToJsonString().ShouldBe(JsonNode.Parse(_expected[id].ToJson())!.ToJsonString(), what);
    }

    private async Task CheckOrderAsync(string what)
    {
        var (byNumber, isDown) = (_random.Next(2) == 0, _random.Next(2) == 0);
        var field = byNumber ? "n" : "k";
        var values = byNumber
            ? _expected.Select(document => (document.Key, Value: document.Value.N?.ToString("D10")))
            : _expected.Select(document => (document.Key, Value: document.Value.K));
        var there = values.Where(pair => pair.Value is not null);
        var expected = (isDown ? there.OrderByDescending(pair => pair.Value, StringComparer.Ordinal) : there.OrderBy(pair => pair.Value, StringComparer.Ordinal))
            .ThenBy(pair => pair.Key, StringComparer.Ordinal).Concat(values.Where(pair => pair.Value is null).OrderBy(pair => pair.Key, StringComparer.Ordinal)).Select(pair => pair.Key).ToList();
        var (paged, after) = (new List<string>(), "");
        while (true)
        {
            var page = await _calls.SearchAsync("r", $$"""{"sort":[{"{{field}}":"{{(isDown ? "desc" : "asc")}}"},{"_id":"asc"}],"size":97{{after}}}""");
            if (page.Hits.Count == 0)
                break;
            paged.AddRange(page.Hits.Select(hit => (string)hit!["_id"]!));
            after = $",\"search_after\":{page.Hits[^1]!["sort"]!.ToJsonString()}";
        }

        string.Join(' ', paged).ShouldBe(string.Join(' ', expected), what);
    }

    private async Task CheckSumsAsync(string what)
    {
        var answer = await _calls.SearchAsync("r", """
            {"size":0,"aggs":{"k":{"terms":{"field":"ks","size":100,"order":{"_key":"asc"}},"aggs":{"n":{"sum":{"field":"n"}}}},"m":{"date_histogram":{"field":"at","calendar_interval":"month","min_doc_count":1},"aggs":{"c":{"value_count":{"field":"ns"}}}}}}
            """);
        var terms = answer.Json["aggregations"]!["k"]!["buckets"]!.AsArray().Select(bucket => $"{bucket!["key"]} {bucket["doc_count"]} {(long)(double)bucket["n"]!["value"]!}");
        string.Join('|', terms).ShouldBe(string.Join('|', _expected.Values.SelectMany(document => document.Ks.Distinct().Select(key => (key, document))).GroupBy(pair => pair.key).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key} {group.Count()} {group.Sum(pair => pair.document.N ?? 0)}")), what);
        var months = answer.Json["aggregations"]!["m"]!["buckets"]!.AsArray().Select(bucket => $"{((string)bucket!["key_as_string"]!)[..7]} {bucket["doc_count"]} {bucket["c"]!["value"]}");
        string.Join('|', months).ShouldBe(string.Join('|', _expected.Values.Where(document => document.At is not null).GroupBy(document => document.At![..7]).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key} {group.Count()} {group.Sum(document => document.Ns.Length)}")), what);
    }

    private (string Query, Func<Document, bool> Matches) SomeQuery(int depth)
    {
        var (low, word, key) = (_random.Next(100), Words[_random.Next(Words.Length)], $"k{_random.Next(20)}");
        switch (_random.Next(depth == 0 ? 8 : 10))
        {
            case 0:
                return ($$$"""{"term":{"k":"{{{key}}}"}}""", document => document.K == key);
            case 1:
                return ($$$"""{"terms":{"ks":["{{{key}}}","k1"]}}""", document => document.Ks.Contains(key) || document.Ks.Contains("k1"));
            case 2:
                return ($$$$"""{"range":{"n":{"gte":{{{{low}}}},"lt":{{{{low + 30}}}}}}}""", document => document.N >= low && document.N < low + 30);
            case 3:
                return ($$$$"""{"range":{"ns":{"gt":{{{{low}}}}}}}""", document => document.Ns.Any(number => number > low));
            case 4:
                return ($$$"""{"match":{"t":"{{{word}}}"}}""", document => document.Tokens.Contains(word.ToLowerInvariant()));
            case 5:
                var second = Words[_random.Next(Words.Length)];
                return ($$$"""{"match_phrase":{"t":"{{{word}}} {{{second}}}"}}""", document => $" {string.Join(' ', document.Tokens)} ".Contains($" {word.ToLowerInvariant()} {second.ToLowerInvariant()} ", StringComparison.Ordinal));
            case 6:
                return ("""{"exists":{"field":"d"}}""", document => document.D is not null);
            case 7:
                return ($$$"""{"prefix":{"k":"{{{key[..2]}}}"}}""", document => document.K?.StartsWith(key[..2], StringComparison.Ordinal) == true);
            default:
                var (a, b, c) = (SomeQuery(depth - 1), SomeQuery(depth - 1), SomeQuery(depth - 1));
                return _random.Next(2) == 0
                    ? ($$$"""{"bool":{"must":[{{{a.Query}}}],"must_not":[{{{b.Query}}}],"should":[{{{c.Query}}}]}}""", document => a.Matches(document) && !b.Matches(document))
                    : ($$$"""{"bool":{"filter":[{{{a.Query}}}],"should":[{{{b.Query}}},{{{c.Query}}}],"minimum_should_match":1}}""", document => a.Matches(document) && (b.Matches(document) || c.Matches(document)));
        }
    }

    private Document SomeDocument() => new(
        _random.Next(5) == 0 ? null : $"k{_random.Next(20)}",
        [.. Enumerable.Range(0, _random.Next(4)).Select(_ => $"k{_random.Next(20)}")],
        _random.Next(5) == 0 ? null : _random.Next(100),
        [.. Enumerable.Range(0, _random.Next(3)).Select(_ => _random.Next(100))],
        _random.Next(2) == 0 ? null : _random.Next(1_000) / 8.0,
        string.Join(' ', Enumerable.Range(0, _random.Next(8)).Select(_ => Words[_random.Next(Words.Length)])),
        _random.Next(4) == 0 ? null : $"{2020 + _random.Next(3)}-{_random.Next(1, 13):D2}-{_random.Next(1, 28):D2}");

    private sealed record Document(string? K, string[] Ks, int? N, int[] Ns, double? D, string T, string? At)
    {
        public string[] Tokens { get; } = [.. T.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.ToLowerInvariant())];

        public string ToJson() => new JsonObject
        {
            ["k"] = K, ["ks"] = new JsonArray([.. Ks.Select(key => JsonValue.Create(key))]), ["n"] = N, ["ns"] = new JsonArray([.. Ns.Select(number => JsonValue.Create(number))]),
            ["d"] = D, ["t"] = T, ["at"] = At,
        }.ToJsonString();
    }
}
