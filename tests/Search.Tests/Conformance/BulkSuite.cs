using System.IO.Compression;
using System.Text;
using Streaming.Fixtures;
using Streaming.Search.Tests.Support;

namespace Streaming.Search.Tests.Conformance;

/// <summary><c>_bulk</c>: each item has its own answer.</summary>
public abstract class BulkSuite(SearchFixture server) : SearchConformance(server)
{
    public override async ValueTask InitializeAsync() => await CreateAsync("""{"n":{"type":"integer"}}""");

    [ConformanceFact]
    public async Task Items_are_answered_in_order_and_one_that_fails_does_not_hold_up_the_others()
    {
        var answer = await Calls.BulkAsync($"/{Index}/_bulk",
            """{"index":{"_id":"1"}}""", """{"n":1}""",
            """{"create":{"_id":"1"}}""", """{"n":2}""",
            """{"index":{"_id":"2"}}""", """{"n":"many"}""",
            """{"index":{"_id":"3","version":7,"version_type":"external_gte"}}""", """{"n":3}""",
            """{"index":{"_id":"3","version":6,"version_type":"external_gte"}}""", """{"n":4}""",
            """{"delete":{"_id":"1"}}""",
            """{"delete":{"_id":"none"}}""",
            """{"index":{"_id":"4"}}""", """{"unknown":1}""");
        answer.ShouldBe(200);
        ((bool)answer.Json["errors"]!).ShouldBeTrue();
        Statuses(answer).ShouldBe([201, 409, 400, 201, 409, 200, 404, 400]);
        ErrorType(answer, 1).ShouldBe("version_conflict_engine_exception");
        ErrorType(answer, 2).ShouldBeOneOf("mapper_parsing_exception", "document_parsing_exception");
        ErrorType(answer, 4).ShouldBe("version_conflict_engine_exception");
        ErrorType(answer, 7).ShouldBe("strict_dynamic_mapping_exception");
        ((string?)Item(answer, 5)["result"]).ShouldBe("deleted");
        ((string?)Item(answer, 6)["result"]).ShouldBe("not_found");
        ((long)Item(answer, 3)["_version"]!).ShouldBe(7);
        ((string?)Item(answer, 3)["_index"]).ShouldBe(Index);
    }

    [ConformanceFact]
    public async Task An_answer_has_only_what_was_asked_for()
    {
        var answer = await Calls.BulkAsync($"/{Index}/_bulk?filter_path=errors,items.*.status,items.*.error",
            """{"index":{"_id":"1"}}""", """{"n":1}""",
            """{"create":{"_id":"1"}}""", """{"n":2}""");
        answer.ShouldBe(200);
        Statuses(answer).ShouldBe([201, 409]);
        ErrorType(answer, 1).ShouldBe("version_conflict_engine_exception");
        Item(answer, 0).AsObject().Select(part => part.Key).ShouldBe(["status"]);
        answer.Json.AsObject().Select(part => part.Key).ShouldBe(["errors", "items"], ignoreOrder: true);

        // A request that is refused says why.
        (await Calls.BulkAsync($"/{Index}/_bulk?filter_path=errors,items.*.status,error", """{"unknown":{}}""")).Json["error"]!["type"].ShouldNotBeNull();

        // An item of which nothing is left is not there.
        answer = await Calls.BulkAsync($"/{Index}/_bulk?filter_path=items.*.error",
            """{"index":{"_id":"1"}}""", """{"n":1}""",
            """{"create":{"_id":"1"}}""", """{"n":2}""");
        answer.Json["items"]!.AsArray().Count.ShouldBe(1);
        ErrorType(answer, 0).ShouldBe("version_conflict_engine_exception");
    }

    [ConformanceFact]
    public async Task Searches_see_it_when_that_was_asked_for()
    {
        await Calls.BulkAsync($"/_bulk?refresh=true", $$$"""{"index":{"_index":"{{{Index}}}","_id":"1"}}""", """{"n":1}""");
        ((int)(await Calls.GetAsync($"/{Index}/_count")).Json["count"]!).ShouldBe(1);
        await Calls.BulkAsync($"/{Index}/_bulk?refresh=wait_for", """{"index":{}}""", """{"n":2}""");
        ((int)(await Calls.GetAsync($"/{Index}/_count")).Json["count"]!).ShouldBe(2);
        await Calls.BulkAsync($"/{Index}/_bulk?refresh=true", """{"delete":{"_id":"1"}}""");
        ((int)(await Calls.GetAsync($"/{Index}/_count")).Json["count"]!).ShouldBe(1);
    }

    [ConformanceFact]
    public async Task It_may_be_packed()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            await gzip.WriteAsync(Encoding.UTF8.GetBytes("{\"index\":{\"_id\":\"1\"}}\n{\"n\":1}\n"));
        var answer = await Calls.BulkBytesAsync($"/{Index}/_bulk", packed.ToArray(), "gzip");
        answer.ShouldBe(200);
        Statuses(answer).ShouldBe([201]);
    }

    [ConformanceFact]
    public async Task A_condition_on_the_sequence_is_an_items_own()
    {
        var first = await Calls.BulkAsync($"/{Index}/_bulk", """{"index":{"_id":"1"}}""", """{"n":1}""");
        var sequence = (long)Item(first, 0)["_seq_no"]!;
        var term = (long)Item(first, 0)["_primary_term"]!;
        var line = $$$"""{"index":{"_id":"1","if_seq_no":{{{sequence}}},"if_primary_term":{{{term}}}}}""";
        Statuses(await Calls.BulkAsync($"/{Index}/_bulk", line, """{"n":2}""", line, """{"n":3}""")).ShouldBe([200, 409]);
    }

    [ConformanceFact]
    public async Task A_request_that_is_malformed_changes_nothing()
    {
        (await Calls.BulkBytesAsync($"/{Index}/_bulk", Encoding.UTF8.GetBytes("{\"index\":{\"_id\":\"1\"}}\n{\"n\":1}"))).Status.ShouldBe(400);
        (await Calls.BulkBytesAsync($"/{Index}/_bulk", [])).Status.ShouldBe(400);
        (await Calls.BulkAsync($"/{Index}/_bulk", """{"index":{"_id":"1"}}""", """{"n":1}""", """{"frobnicate":{"_id":"1"}}""", """{"n":1}""")).Status.ShouldBe(400);
        (await Calls.GetAsync($"/{Index}/_doc/1")).ShouldBe(404);
    }

    [ConformanceFact]
    public async Task An_index_that_is_not_there_is_made_and_learns_its_fields()
    {
        var other = Index + "-made";
        try
        {
            var answer = await Calls.BulkAsync($"/{other}/_bulk?refresh=true",
                """{"index":{"_id":"1"}}""", """{"title":"Red Widget","n":3,"price":2.5,"at":"2022-03-01T10:00:00Z","ok":true,"inner":{"x":"y"}}""");
            Statuses(answer).ShouldBe([201]);
            var mapping = (await Calls.GetAsync($"/{other}/_mapping")).Json[other]!["mappings"]!["properties"]!;
            mapping["title"]!.ToJsonString().ShouldBe("""{"type":"text","fields":{"keyword":{"type":"keyword","ignore_above":256}}}""");
            ((string?)mapping["n"]!["type"]).ShouldBe("long");
            ((string?)mapping["price"]!["type"]).ShouldBe("float");
            ((string?)mapping["at"]!["type"]).ShouldBe("date");
            ((string?)mapping["ok"]!["type"]).ShouldBe("boolean");
            ((string?)mapping["inner"]!["properties"]!["x"]!["type"]).ShouldBe("text");
            (await Calls.IdsAsync(other, """{"query":{"match":{"title":"widget"}}}""")).ShouldBe(["1"]);
        }
        finally
        {
            await Calls.DeleteAsync($"/{other}");
        }
    }

    private static int[] Statuses(Answer answer) => [.. answer.Items.Select((_, i) => (int)Item(answer, i)["status"]!)];

    private static System.Text.Json.Nodes.JsonNode Item(Answer answer, int number) => answer.Items[number]!.AsObject().Single().Value!;

    private static string? ErrorType(Answer answer, int number) => (string?)Item(answer, number)["error"]?["type"];
}

public sealed class EmbeddedBulkTests(EmbeddedSearchFixture server) : BulkSuite(server), IClassFixture<EmbeddedSearchFixture>;

[Needs(RealServer.Search)]
public sealed class RealBulkTests(RealSearchFixture server) : BulkSuite(server), IClassFixture<RealSearchFixture>;
