using System.Text.Json.Nodes;
using Streaming.Fixtures;
using Streaming.Search.Tests.Support;

namespace Streaming.Search.Tests.Conformance;

/// <summary>Questions, orders, pages and sums, over the same few documents.</summary>
public abstract class QuerySuite(SearchFixture server) : SearchConformance(server)
{
    private static readonly string[] Documents =
    [
        """{"sku":"XYZ-1","name":"Red Widget","text":"The quick brown fox jumps over the lazy dog","stock":190,"price":12.5,"at":"2022-03-01T10:00:00Z","ok":true,"tags":["a","b"]}""",
        """{"sku":"XYZ-2","name":"Blue widget, large","text":"A quick reply: brown foxes don't jump","stock":5,"price":99.99,"at":"2022-03-15","ok":false,"tags":["b"]}""",
        """{"sku":"ABC-1","name":"Green gadget","text":"fox fox fox","stock":-3,"price":0.1,"at":"2022-04-01T23:59:59.999Z","ok":true,"tags":[]}""",
        """{"sku":"ABC-2","name":"GADGET of example.org v3.14","text":"brown quick","stock":5,"at":"2023-01-31"}""",
        """{"sku":"DEF-9","lines":[{"sku":"s1","n":1},{"sku":"s2","n":20}]}""",
    ];

    public override async ValueTask InitializeAsync()
    {
        await CreateAsync("""
            {"sku":{"type":"keyword"},"name":{"type":"text","fields":{"raw":{"type":"keyword"}}},"text":{"type":"text"},"stock":{"type":"integer"},
             "price":{"type":"double"},"at":{"type":"date"},"ok":{"type":"boolean"},"tags":{"type":"keyword"},
             "lines":{"properties":{"sku":{"type":"keyword"},"n":{"type":"long"}}}}
            """);
        var lines = Documents.SelectMany((document, i) => new[] { $$$"""{"index":{"_id":"{{{i + 1}}}"}}""", document });
        ((bool)(await Calls.BulkAsync($"/{Index}/_bulk?refresh=true", lines)).Json["errors"]!).ShouldBeFalse();
    }

    [ConformanceFact]
    public async Task Every_query_finds_what_it_says()
    {
        foreach (var (query, expected) in new (string, string)[]
        {
            ("""{"match_all":{}}""", "12345"),
            ("""{"term":{"sku":"XYZ-1"}}""", "1"),
            ("""{"term":{"sku":{"value":"XYZ-1","boost":2}}}""", "1"),
            ("""{"term":{"sku":"xyz-1"}}""", ""),
            ("""{"term":{"stock":5}}""", "24"),
            ("""{"term":{"ok":true}}""", "13"),
            ("""{"term":{"at":"2022-03-15"}}""", "2"),
            ("""{"term":{"nowhere":"x"}}""", ""),
            ("""{"terms":{"sku":["XYZ-1","DEF-9","none"]}}""", "15"),
            ("""{"terms":{"stock":[5,190]}}""", "124"),
            ("""{"match":{"name":"widget"}}""", "12"),
            ("""{"match":{"name":"WIDGET gadget"}}""", "1234"),
            ("""{"match":{"name":{"query":"large widget","operator":"and"}}}""", "2"),
            ("""{"match":{"name":"example.org"}}""", "4"),
            ("""{"match":{"name":"3.14"}}""", ""),
            ("""{"match":{"name":"v3.14"}}""", "4"),
            ("""{"match":{"sku":"ABC-2"}}""", "4"),
            ("""{"match":{"text":"don't"}}""", "2"),
            ("""{"match":{"text":""}}""", ""),
            ("""{"match_phrase":{"text":"quick brown"}}""", "1"),
            ("""{"match_phrase":{"text":"brown quick"}}""", "4"),
            ("""{"match_phrase":{"text":"fox fox"}}""", "3"),
            ("""{"match_phrase":{"text":"lazy fox"}}""", ""),
            ("""{"term":{"name.raw":"Red Widget"}}""", "1"),
            ("""{"prefix":{"sku":"ABC"}}""", "34"),
            ("""{"prefix":{"sku":{"value":"XYZ-"}}}""", "12"),
            ("""{"prefix":{"text":"fox"}}""", "123"),
            ("""{"exists":{"field":"price"}}""", "123"),
            ("""{"exists":{"field":"tags"}}""", "12"),
            ("""{"exists":{"field":"lines"}}""", "5"),
            ("""{"exists":{"field":"text"}}""", "1234"),
            ("""{"ids":{"values":["2","4","7"]}}""", "24"),
            ("""{"range":{"stock":{"gte":5}}}""", "124"),
            ("""{"range":{"stock":{"gt":5}}}""", "1"),
            ("""{"range":{"stock":{"gt":4.5,"lt":5.5}}}""", "24"),
            ("""{"range":{"stock":{"lt":5}}}""", "3"),
            ("""{"range":{"stock":{"gte":-3,"lte":5}}}""", "234"),
            ("""{"range":{"price":{"gt":0.1,"lte":99.99}}}""", "12"),
            ("""{"range":{"at":{"gte":"2022-03-15"}}}""", "234"),
            ("""{"range":{"at":{"gt":"2022-03-15"}}}""", "34"),
            ("""{"range":{"at":{"lte":"2022-03"}}}""", "1"),
            ("""{"range":{"at":{"lt":"2022-03"}}}""", ""),
            ("""{"range":{"at":{"lte":"2022-04-01"}}}""", "123"),
            ("""{"range":{"at":{"gte":"2022-04-01T23:59:59.999Z","lt":"2023"}}}""", "3"),
            ("""{"range":{"sku":{"gte":"ABC-2","lt":"XYZ-2"}}}""", "145"),
            ("""{"range":{"lines.n":{"gt":10}}}""", "5"),
            ("""{"term":{"lines.sku":"s1"}}""", "5"),
            ("""{"bool":{"must":[{"match":{"name":"widget"}}],"filter":{"range":{"stock":{"gt":10}}}}}""", "1"),
            ("""{"bool":{"must_not":{"exists":{"field":"stock"}}}}""", "5"),
            ("""{"bool":{"should":[{"term":{"stock":5}},{"term":{"sku":"XYZ-2"}}]}}""", "24"),
            ("""{"bool":{"should":[{"term":{"stock":5}},{"term":{"sku":"XYZ-2"}}],"minimum_should_match":2}}""", "2"),
            ("""{"bool":{"filter":[{"term":{"ok":true}}],"should":[{"term":{"sku":"ABC-1"}}]}}""", "13"),
            ("""{"bool":{}}""", "12345"),
            ("""{"constant_score":{"filter":{"term":{"ok":false}}}}""", "2"),
            ("""{"bool":{"must":{"bool":{"should":[{"match":{"text":"fox"}},{"match":{"text":"dog"}}]}},"must_not":[{"term":{"tags":"b"}}]}}""", "3"),
        })
        {
            var ids = await Calls.IdsAsync(Index, $$"""{"query":{{query}},"sort":[{"_doc":"asc"}],"size":100}""");
            string.Concat(ids.Order()).ShouldBe(expected, query);
            ((int)(await Calls.PostAsync($"/{Index}/_count", $$"""{"query":{{query}}}""")).Json["count"]!).ShouldBe(expected.Length, query);
        }
    }

    [ConformanceFact]
    public async Task The_best_match_comes_first_and_scores_are_BM25()
    {
        foreach (var query in new[]
        {
            """{"match":{"text":"fox"}}""", """{"match":{"text":"quick fox"}}""", """{"match_phrase":{"text":"quick brown"}}""", """{"term":{"tags":"b"}}""", """{"match":{"name":{"query":"widget","boost":3}}}""",
            """{"bool":{"must":[{"match":{"text":"quick"}}],"filter":[{"term":{"ok":true}}],"should":[{"match":{"text":"dog"}}]}}""", """{"range":{"stock":{"gte":5}}}""", """{"bool":{"filter":[{"term":{"ok":true}}]}}""",
            """{"bool":{"should":[{"bool":{"must":[{"match":{"text":"fox"}}],"must_not":[{"term":{"sku":"ABC-1"}}]}},{"match":{"text":"jumps"}}]}}""",
        })
        {
            var answer = await Calls.SearchAsync(Index, $$"""{"query":{{query}}}""");
            var scores = answer.Hits.Select(hit => (double)hit!["_score"]!).ToList();
            scores.SequenceEqual(scores.OrderDescending()).ShouldBeTrue(query);
            ((double)answer.Json["hits"]!["max_score"]!).ShouldBe(scores[0], query);
            Scores.Remember(query, [.. answer.Hits.Select(hit => ((string)hit!["_id"]!, (double)hit["_score"]!))]);
        }

        (await Calls.IdsAsync(Index, """{"query":{"match":{"text":"fox"}}}""")).ShouldBe(["3", "1"]);
    }

    [ConformanceFact]
    public async Task Hits_come_in_the_order_that_was_asked_for()
    {
        foreach (var (sort, expected) in new (string, string)[]
        {
            ("""[{"sku":"asc"}]""", "34512"),
            ("""[{"sku":{"order":"desc"}}]""", "21543"),
            ("""[{"stock":"asc"},{"sku":"desc"}]""", "32415"),
            ("""[{"stock":{"order":"desc","missing":"_first"}},{"sku":"asc"}]""", "51423"),
            ("""[{"price":"desc"},{"sku":"asc"}]""", "21345"),
            ("""[{"at":"asc"},{"sku":"asc"}]""", "12345"),
            ("""[{"tags":"asc"},{"sku":"asc"}]""", "12345"),
            ("""[{"tags":"desc"},{"sku":"asc"}]""", "12345"),
            ("""["sku"]""", "34512"),
            ("""[{"nowhere":{"order":"asc","unmapped_type":"long"}},{"sku":"asc"}]""", "34512"),
            ("""[{"lines.n":"desc"},{"sku":"asc"}]""", "53412"),
        })
            string.Concat(await Calls.IdsAsync(Index, $$"""{"sort":{{sort}}}""")).ShouldBe(expected, sort);
        var values = (await Calls.SearchAsync(Index, """{"sort":[{"at":"desc"},{"price":"asc"},{"sku":"asc"},{"ok":"asc"}],"size":2,"_source":false}""")).Hits;
        values[0]!["sort"]!.ToJsonString().ShouldStartWith("[1675123200000,");
        values[1]!["sort"]!.ToJsonString().ShouldStartWith("[1648857599999,0.1,\"ABC-1\",");
        values[1]!["_source"].ShouldBeNull();
        (await Calls.PostAsync($"/{Index}/_search", """{"sort":["name"]}""")).Status.ShouldBe(400);
        (await Calls.PostAsync($"/{Index}/_search", """{"sort":["nowhere"]}""")).Status.ShouldBe(400);
    }

    [ConformanceFact]
    public async Task Pages_follow_each_other_without_gaps()
    {
        foreach (var sort in new[] { """[{"stock":"asc"},{"sku":"asc"}]""", """[{"stock":"desc"},{"sku":"desc"}]""", """[{"sku":"desc"}]""", """[{"price":{"order":"asc","missing":"_first"}},{"sku":"asc"}]""" })
        {
            var whole = await Calls.IdsAsync(Index, $$"""{"sort":{{sort}}}""");
            var (paged, after) = (new List<string>(), (JsonNode?)null);
            while (true)
            {
                var page = await Calls.SearchAsync(Index, after is null ? $$"""{"sort":{{sort}},"size":2}""" : $$"""{"sort":{{sort}},"size":2,"search_after":{{after.ToJsonString()}}}""");
                if (page.Hits.Count == 0)
                    break;
                paged.AddRange(page.Hits.Select(hit => (string)hit!["_id"]!));
                after = page.Hits[^1]!["sort"];
            }

            string.Concat(paged).ShouldBe(string.Concat(whole), sort);
        }

        (await Calls.IdsAsync(Index, """{"sort":[{"sku":"asc"}],"from":1,"size":2}""")).ShouldBe(["4", "5"]);
        (await Calls.PostAsync($"/{Index}/_search", """{"from":9999,"size":2}""")).Status.ShouldBe(400);
        (await Calls.PostAsync($"/{Index}/_search", """{"sort":["sku"],"search_after":["a","b"]}""")).Status.ShouldBe(400);
    }

    [ConformanceFact]
    public async Task Sources_come_in_parts()
    {
        foreach (var (filter, expected) in new (string, string)[]
        {
            ("\"sku\"", """{"sku":"DEF-9"}"""),
            ("[\"lines.n\"]", """{"lines":[{"n":1},{"n":20}]}"""),
            ("[\"l*\"]", """{"lines":[{"sku":"s1","n":1},{"sku":"s2","n":20}]}"""),
            ("""{"excludes":["lines.sku"]}""", """{"sku":"DEF-9","lines":[{"n":1},{"n":20}]}"""),
            ("""{"includes":["lines"],"excludes":["lines.n"]}""", """{"lines":[{"sku":"s1"},{"sku":"s2"}]}"""),
        })
        {
            var answer = await Calls.SearchAsync(Index, $$$"""{"query":{"ids":{"values":["5"]}},"_source":{{{filter}}}}""");
            JsonNode.DeepEquals(answer.Hits[0]!["_source"], JsonNode.Parse(expected)).ShouldBeTrue($"{filter}: {answer.Hits[0]!["_source"]!.ToJsonString()}");
        }
    }

    [ConformanceFact]
    public async Task Totals_are_counted_as_asked()
    {
        (await Calls.SearchAsync(Index, """{"size":0}""")).Json["hits"]!["total"]!.ToJsonString().ShouldBe("""{"value":5,"relation":"eq"}""");
        (await Calls.SearchAsync(Index, """{"size":0,"track_total_hits":true}""")).Json["hits"]!["total"]!.ToJsonString().ShouldBe("""{"value":5,"relation":"eq"}""");
        (await Calls.SearchAsync(Index, """{"size":1,"track_total_hits":false}""")).Json["hits"]!["total"].ShouldBeNull();
    }

    [ConformanceFact]
    public async Task Sums_are_what_a_person_would_write_down()
    {
        foreach (var (aggregation, expected) in new (string, string)[]
        {
            ("""{"sum":{"field":"stock"}}""", """{"value":197.0}"""),
            ("""{"min":{"field":"price"}}""", """{"value":0.1}"""),
            ("""{"max":{"field":"stock"}}""", """{"value":190.0}"""),
            ("""{"avg":{"field":"stock"}}""", """{"value":49.25}"""),
            ("""{"value_count":{"field":"sku"}}""", """{"value":5}"""),
            ("""{"value_count":{"field":"tags"}}""", """{"value":3}"""),
            ("""{"sum":{"field":"nowhere"}}""", """{"value":0.0}"""),
            ("""{"avg":{"field":"nowhere"}}""", """{"value":null}"""),
            ("""{"sum":{"field":"lines.n"}}""", """{"value":21.0}"""),
            ("""{"terms":{"field":"tags"}}""", """{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":"b","doc_count":2},{"key":"a","doc_count":1}]}"""),
            ("""{"terms":{"field":"sku","size":2,"order":{"_key":"desc"}}}""", """{"doc_count_error_upper_bound":0,"sum_other_doc_count":3,"buckets":[{"key":"XYZ-2","doc_count":1},{"key":"XYZ-1","doc_count":1}]}"""),
            ("""{"terms":{"field":"stock"},"aggs":{"p":{"max":{"field":"price"}}}}""",
                """{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":5,"doc_count":2,"p":{"value":99.99}},{"key":-3,"doc_count":1,"p":{"value":0.1}},{"key":190,"doc_count":1,"p":{"value":12.5}}]}"""),
            ("""{"terms":{"field":"ok","order":{"s":"desc"}},"aggs":{"s":{"sum":{"field":"stock"}}}}""",
                """{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":1,"key_as_string":"true","doc_count":2,"s":{"value":187.0}},{"key":0,"key_as_string":"false","doc_count":1,"s":{"value":5.0}}]}"""),
            ("""{"date_histogram":{"field":"at","calendar_interval":"month","min_doc_count":1},"aggs":{"s":{"sum":{"field":"stock"}}}}""",
                """{"buckets":[{"key_as_string":"2022-03-01T00:00:00.000Z","key":1646092800000,"doc_count":2,"s":{"value":195.0}},{"key_as_string":"2022-04-01T00:00:00.000Z","key":1648771200000,"doc_count":1,"s":{"value":-3.0}},{"key_as_string":"2023-01-01T00:00:00.000Z","key":1672531200000,"doc_count":1,"s":{"value":5.0}}]}"""),
            ("""{"date_histogram":{"field":"at","calendar_interval":"quarter","format":"yyyy-MM"}}""",
                """{"buckets":[{"key_as_string":"2022-01","key":1640995200000,"doc_count":2},{"key_as_string":"2022-04","key":1648771200000,"doc_count":1},{"key_as_string":"2022-07","key":1656633600000,"doc_count":0},{"key_as_string":"2022-10","key":1664582400000,"doc_count":0},{"key_as_string":"2023-01","key":1672531200000,"doc_count":1}]}"""),
            ("""{"date_histogram":{"field":"at","fixed_interval":"30d","min_doc_count":1}}""",
                """{"buckets":[{"key_as_string":"2022-02-27T00:00:00.000Z","key":1645920000000,"doc_count":2},{"key_as_string":"2022-03-29T00:00:00.000Z","key":1648512000000,"doc_count":1},{"key_as_string":"2023-01-23T00:00:00.000Z","key":1674432000000,"doc_count":1}]}"""),
            ("""{"terms":{"field":"ok"},"aggs":{"m":{"date_histogram":{"field":"at","calendar_interval":"1M"},"aggs":{"c":{"value_count":{"field":"sku"}}}}}}""",
                """{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":1,"key_as_string":"true","doc_count":2,"m":{"buckets":[{"key_as_string":"2022-03-01T00:00:00.000Z","key":1646092800000,"doc_count":1,"c":{"value":1}},{"key_as_string":"2022-04-01T00:00:00.000Z","key":1648771200000,"doc_count":1,"c":{"value":1}}]}},{"key":0,"key_as_string":"false","doc_count":1,"m":{"buckets":[{"key_as_string":"2022-03-01T00:00:00.000Z","key":1646092800000,"doc_count":1,"c":{"value":1}}]}}]}"""),
        })
        {
            var answer = await Calls.SearchAsync(Index, $$$"""{"size":0,"aggs":{"x":{{{aggregation}}}}}""");
            var said = answer.Json["aggregations"]!["x"]!;
            Same(said, JsonNode.Parse(expected)!).ShouldBeTrue($"{aggregation}: {said.ToJsonString()}");
        }
    }

    [ConformanceFact]
    public async Task What_is_not_known_is_refused()
    {
        foreach (var body in new[]
        {
            """{"query":{"frobnicate":{"a":"b"}}}""", """{"nonsense":1}""", """{"query":{"term":{"sku":"a","name":"b"}}}""", """{"aggs":{"x":{"frobnicate":{"field":"sku"}}}}""",
            """{"query":{"match":{"name":{"query":"x","nonsense":1}}}}""", """{"query":{"range":{"at":{"gte":"yesterday"}}}}""", """{"query":{"range":{"stock":{"gte":"x"}}}}""",
            """{"size":-1}""", """{"query":""", """[]""", """{"query":{"bool":{"frob":[]}}}""", """{"aggs":{"x":{"sum":{"field":"name"}}}}""", """{"aggs":{"x":{"terms":{"field":"sku","nonsense":2}}}}""",
        })
            (await Calls.PostAsync($"/{Index}/_search", body)).Status.ShouldBe(400, body);
        (await Calls.GetAsync($"/{Index}/_search?nonsense=1")).Status.ShouldBe(400);
    }

    // 5 and 5.0 are the same number.
    private static bool Same(JsonNode? left, JsonNode? right) => (left, right) switch
    {
        (JsonObject a, JsonObject b) => a.Count == b.Count && a.All(part => b.ContainsKey(part.Key) && Same(part.Value, b[part.Key])),
        (JsonArray a, JsonArray b) => a.Count == b.Count && a.Zip(b).All(pair => Same(pair.First, pair.Second)),
        (JsonValue a, JsonValue b) when a.GetValueKind() == System.Text.Json.JsonValueKind.Number && b.GetValueKind() == System.Text.Json.JsonValueKind.Number =>
            Math.Abs((double)a - (double)b) < 1e-9,
        _ => JsonNode.DeepEquals(left, right),
    };
}

/// <summary>Scores of whichever server answered first, for the other to equal: both compute the same formula on the same documents.</summary>
internal static class Scores
{
    private static readonly Dictionary<string, (string Id, double Score)[]> s_known = [];

    public static void Remember(string query, (string Id, double Score)[] scores)
    {
        lock (s_known)
        {
            if (s_known.TryAdd(query, scores))
                return;
            var known = s_known[query];
            foreach (var (id, score) in scores)
                score.ShouldBe(known.Single(other => other.Id == id).Score, 1e-4, $"{query}, document {id}");
        }
    }
}

public sealed class EmbeddedQueryTests(EmbeddedSearchFixture server) : QuerySuite(server), IClassFixture<EmbeddedSearchFixture>;

[Needs(RealServer.Search)]
public sealed class RealQueryTests(RealSearchFixture server) : QuerySuite(server), IClassFixture<RealSearchFixture>;
