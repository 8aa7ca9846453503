using System.Text;
using Streaming.Fixtures;
using Streaming.Search.Tests.Support;

namespace Streaming.Search.Tests.Searching;

/// <summary>Whatever comes over the wire is answered by an error that says what is wrong, and the node goes on.</summary>
public sealed class HostileInputTests(EmbeddedSearchFixture server) : IClassFixture<EmbeddedSearchFixture>, IDisposable
{
    private readonly SearchCalls _calls = new(server.Url);
    private readonly string _index = SomeNames.Name("hostile");

    [Fact]
    public async Task Deep_nesting_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + "1" + new string('}', 100_000);
        (await _calls.PutAsync($"/{_index}/_doc/1", deep)).ShouldBe(400, "mapper_parsing_exception");
        (await _calls.PostAsync($"/{_index}/_search", deep)).ShouldBe(400, "parsing_exception");
        var query = string.Concat(Enumerable.Repeat("{\"bool\":{\"must\":", 10_000)) + "{\"match_all\":{}}" + new string('}', 20_000);
        (await _calls.PostAsync($"/{_index}/_search", $$"""{"query":{{query}}}""")).Status.ShouldBe(400);
        var array = new string('[', 100_000) + new string(']', 100_000);
        (await _calls.PutAsync($"/{_index}/_doc/1", $$"""{"a":{{array}}}""")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Too_much_is_413()
    {
        (await _calls.PutAsync($"/{_index}/_doc/1", $$"""{"a":"{{new string('x', 5 << 20)}}"}""")).ShouldBe(413);
        using var packed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.SmallestSize))
            await gzip.WriteAsync(new byte[64 << 20]);
        (await _calls.BulkBytesAsync("/_bulk", packed.ToArray(), "gzip")).ShouldBe(413);
        (await _calls.BulkBytesAsync("/_bulk", [1, 2, 3], "gzip")).Status.ShouldBe(400);
        (await _calls.BulkBytesAsync("/_bulk", [1, 2, 3], "br")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_bulk_request_cut_anywhere_changes_nothing_or_only_whole_items()
    {
        var whole = Encoding.UTF8.GetBytes("{\"index\":{\"_id\":\"1\"}}\n{\"n\":1}\n{\"delete\":{\"_id\":\"2\"}}\n{\"create\":{\"_id\":\"3\"}}\n{\"n\":\"\\u00e4\"}\n");
        for (var length = 0; length < whole.Length; length++)
        {
            var answer = await _calls.BulkBytesAsync($"/{_index}/_bulk", whole[..length]);
            answer.Status.ShouldBe(length > 0 && whole[length - 1] == '\n' && Lines(whole[..length]) is 2 or 3 ? 200 : 400, $"{length} bytes: {answer.Text}");
        }
    }

    [Fact]
    public async Task Random_bytes_and_random_changes_are_answered()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var good = Encoding.UTF8.GetBytes("{\"index\":{\"_id\":\"1\",\"version\":3,\"version_type\":\"external_gte\"}}\n{\"n\":1,\"t\":\"text \\u00e4 ü\",\"o\":{\"x\":[1,2,{\"y\":null}]}}\n");
        var search = Encoding.UTF8.GetBytes("""{"query":{"bool":{"must":[{"match":{"t":"text"}},{"range":{"n":{"gte":1}}}]}},"sort":[{"n":"asc"}],"aggs":{"x":{"terms":{"field":"n"}}},"size":3}""");
        for (var i = 0; i < 2_000; i++)
        {
            var (path, body) = random.Next(2) == 0 ? ($"/{_index}/_bulk", good.ToArray()) : ($"/{_index}/_search", search.ToArray());
            if (random.Next(5) == 0)
                random.NextBytes(body);
            else
                for (var change = random.Next(1, 4); change > 0; change--)
                    body[random.Next(body.Length)] = (byte)random.Next(256);
            var answer = await _calls.BulkBytesAsync(path, body);
            answer.Status.ShouldBeOneOf([200, 400, 404], $"seed {seed}, try {i}: {Encoding.Latin1.GetString(body)} {answer.Text}");
        }

        (await _calls.GetAsync("/_cluster/health")).ShouldBe(200);
    }

    [Fact]
    public async Task What_is_not_served_is_said_by_name()
    {
        await _calls.PutAsync($"/{_index}", "{}");
        foreach (var (method, path, body, named) in new[]
        {
            (HttpMethod.Post, $"/{_index}/_update/1", "{}", "_update"),
            (HttpMethod.Get, "/_cat/indices", "", "_cat"),
            (HttpMethod.Put, $"/{_index}-2", """{"settings":{"number_of_shards":3}}""", "number_of_shards"),
            (HttpMethod.Put, $"/{_index}-2", """{"settings":{"analysis":{"x":1}}}""", "analysis"),
            (HttpMethod.Put, $"/{_index}-2", """{"mappings":{"properties":{"a":{"type":"nested"}}}}""", "nested"),
            (HttpMethod.Put, $"/{_index}-2", """{"mappings":{"properties":{"a":{"type":"text","analyzer":"german"}}}}""", "analyzer"),
            (HttpMethod.Post, $"/{_index}/_search", """{"query":{"wildcard":{"a":"*"}}}""", "wildcard"),
            (HttpMethod.Post, $"/{_index}/_search", """{"highlight":{}}""", "highlight"),
            (HttpMethod.Post, $"/{_index}/_search", """{"aggs":{"a":{"cardinality":{"field":"x"}}}}""", "cardinality"),
            (HttpMethod.Get, $"/{_index}/_search?q=x", "", "q"),
            (HttpMethod.Get, $"/{_index}/_doc/1?routing=x", "", "routing"),
        })
        {
            var answer = await _calls.SendAsync(method, path, body.Length == 0 ? null : new StringContent(body));
            answer.Status.ShouldBe(400, $"{path} {body}: {answer.Text}");
            answer.Text.ShouldContain(named, customMessage: body);
        }
    }

    public void Dispose() => _calls.Dispose();

    private static int Lines(byte[] bytes) => bytes.Count(next => next == (byte)'\n');
}
