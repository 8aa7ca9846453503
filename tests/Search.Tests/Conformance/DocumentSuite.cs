using Streaming.Fixtures;
using Streaming.Search.Tests.Support;

namespace Streaming.Search.Tests.Conformance;

/// <summary>Documents one by one: versions, conditions, deletions.</summary>
public abstract class DocumentSuite(SearchFixture server) : SearchConformance(server)
{
    private const string Properties = """{"name":{"type":"keyword"},"n":{"type":"integer"}}""";

    public override async ValueTask InitializeAsync() => await CreateAsync(Properties);

    [ConformanceFact]
    public async Task A_document_is_read_by_its_id_before_any_refresh()
    {
        var put = await Calls.PutAsync($"/{Index}/_doc/1", """{"name":"a", "n":1}""");
        put.ShouldBe(201);
        ((string?)put.Json["result"]).ShouldBe("created");
        ((int)put.Json["_version"]!).ShouldBe(1);
        var got = await Calls.GetAsync($"/{Index}/_doc/1");
        got.ShouldBe(200);
        ((bool)got.Json["found"]!).ShouldBeTrue();
        got.Json["_source"]!.ToJsonString().ShouldBe("""{"name":"a","n":1}""");
        ((int)got.Json["_seq_no"]!).ShouldBe((int)put.Json["_seq_no"]!);
        var missing = await Calls.GetAsync($"/{Index}/_doc/2");
        missing.ShouldBe(404);
        ((bool)missing.Json["found"]!).ShouldBeFalse();
    }

    [ConformanceFact]
    public async Task Writing_again_raises_the_version_and_the_sequence()
    {
        await PutAsync("1", """{"n":1}""");
        var again = await Calls.PutAsync($"/{Index}/_doc/1", """{"n":2}""");
        again.ShouldBe(200);
        ((string?)again.Json["result"]).ShouldBe("updated");
        ((int)again.Json["_version"]!).ShouldBe(2);
        ((int)again.Json["_seq_no"]!).ShouldBe(1);
    }

    [ConformanceFact]
    public async Task A_condition_on_the_sequence_holds_or_nothing_is_written()
    {
        var put = await Calls.PutAsync($"/{Index}/_doc/1", """{"n":1}""");
        var (sequence, term) = ((long)put.Json["_seq_no"]!, (long)put.Json["_primary_term"]!);
        (await Calls.PutAsync($"/{Index}/_doc/1?if_seq_no={sequence}&if_primary_term={term}", """{"n":2}""")).ShouldBe(200);
        (await Calls.PutAsync($"/{Index}/_doc/1?if_seq_no={sequence}&if_primary_term={term}", """{"n":3}""")).ShouldBe(409, "version_conflict_engine_exception");
        (await Calls.PutAsync($"/{Index}/_doc/2?if_seq_no={sequence}&if_primary_term={term}", """{"n":3}""")).ShouldBe(409, "version_conflict_engine_exception");
        (await Calls.DeleteAsync($"/{Index}/_doc/1?if_seq_no={sequence}&if_primary_term={term}")).ShouldBe(409, "version_conflict_engine_exception");
        (await Calls.GetAsync($"/{Index}/_doc/1")).Json["_source"]!.ToJsonString().ShouldBe("""{"n":2}""");
        (await Calls.PutAsync($"/{Index}/_doc/1?if_seq_no=5", """{"n":3}""")).Status.ShouldBe(400);
    }

    [ConformanceFact]
    public async Task Creating_refuses_what_is_there()
    {
        (await Calls.PutAsync($"/{Index}/_create/1", """{"n":1}""")).ShouldBe(201);
        (await Calls.PutAsync($"/{Index}/_create/1", """{"n":2}""")).ShouldBe(409, "version_conflict_engine_exception");
        (await Calls.PutAsync($"/{Index}/_doc/1?op_type=create", """{"n":2}""")).ShouldBe(409, "version_conflict_engine_exception");
    }

    [ConformanceFact]
    public async Task An_external_version_must_rise_or_with_gte_not_fall()
    {
        (await Calls.PutAsync($"/{Index}/_doc/1?version=5&version_type=external", """{"n":5}""")).ShouldBe(201);
        (await Calls.PutAsync($"/{Index}/_doc/1?version=5&version_type=external", """{"n":6}""")).ShouldBe(409, "version_conflict_engine_exception");
        var same = await Calls.PutAsync($"/{Index}/_doc/1?version=5&version_type=external_gte", """{"n":7}""");
        same.ShouldBe(200);
        ((long)same.Json["_version"]!).ShouldBe(5);
        (await Calls.PutAsync($"/{Index}/_doc/1?version=4&version_type=external_gte", """{"n":8}""")).ShouldBe(409, "version_conflict_engine_exception");
        var high = (3L << 40) + 17;
        (await Calls.PutAsync($"/{Index}/_doc/1?version={high}&version_type=external_gte", """{"n":9}""")).ShouldBe(200);
        ((long)(await Calls.GetAsync($"/{Index}/_doc/1")).Json["_version"]!).ShouldBe(high);
        (await Calls.PutAsync($"/{Index}/_doc/1?version=7", """{"n":9}""")).Status.ShouldBe(400);
    }

    [ConformanceFact]
    public async Task A_deletion_leaves_its_version_behind()
    {
        await Calls.PutAsync($"/{Index}/_doc/1?version=5&version_type=external_gte", """{"n":5}""");
        var deleted = await Calls.DeleteAsync($"/{Index}/_doc/1?version=9&version_type=external_gte");
        deleted.ShouldBe(200);
        ((string?)deleted.Json["result"]).ShouldBe("deleted");
        (await Calls.GetAsync($"/{Index}/_doc/1")).ShouldBe(404);
        (await Calls.PutAsync($"/{Index}/_doc/1?version=8&version_type=external_gte", """{"n":8}""")).ShouldBe(409, "version_conflict_engine_exception");
        await RefreshAsync();
        (await Calls.PutAsync($"/{Index}/_doc/1?version=8&version_type=external_gte", """{"n":8}""")).ShouldBe(409, "version_conflict_engine_exception");
        (await Calls.PutAsync($"/{Index}/_doc/1?version=10&version_type=external_gte", """{"n":10}""")).ShouldBe(201);
        var missing = await Calls.DeleteAsync($"/{Index}/_doc/unknown");
        missing.ShouldBe(404);
        ((string?)missing.Json["result"]).ShouldBe("not_found");
    }

    [ConformanceFact]
    public async Task Ids_may_hold_anything()
    {
        foreach (var id in new[] { "a/b", "ä ö", "50%", "x@1", "\"q\"" })
        {
            var path = $"/{Index}/_doc/{Uri.EscapeDataString(id)}";
            (await Calls.PutAsync(path, """{"n":1}""")).ShouldBe(201);
            ((string?)(await Calls.GetAsync(path)).Json["_id"]).ShouldBe(id);
        }

        (await Calls.PutAsync($"/{Index}/_doc/{new string('x', 513)}", """{"n":1}""")).Status.ShouldBe(400);
    }

    [ConformanceFact]
    public async Task Several_are_read_at_once_with_parts_of_their_sources()
    {
        await PutAsync("1", """{"name":"a","n":1}""");
        await PutAsync("2", """{"name":"b","n":2}""");
        var got = await Calls.PostAsync($"/{Index}/_mget?_source=n", """{"ids":["2","none","1"]}""");
        got.ShouldBe(200);
        var documents = got.Json["docs"]!.AsArray();
        documents.Select(document => (bool)document!["found"]!).ShouldBe([true, false, true]);
        documents[0]!["_source"]!.ToJsonString().ShouldBe("""{"n":2}""");
        ((int)documents[2]!["_version"]!).ShouldBe(1);
        var some = await Calls.PostAsync("/_mget", $$"""{"docs":[{"_index":"{{Index}}","_id":"1","_source":["name"]},{"_index":"{{Index}}","_id":"1","_source":false}]}""");
        some.Json["docs"]![0]!["_source"]!.ToJsonString().ShouldBe("""{"name":"a"}""");
        some.Json["docs"]![1]!["_source"].ShouldBeNull();
    }

    [ConformanceFact]
    public async Task What_the_mapping_refuses_is_refused_with_its_type()
    {
        var wrong = await Calls.PutAsync($"/{Index}/_doc/1", """{"n":"many"}""");
        wrong.Status.ShouldBe(400);
        wrong.ErrorType.ShouldBeOneOf("mapper_parsing_exception", "document_parsing_exception");
        (await Calls.PutAsync($"/{Index}/_doc/1", """{"unknown":1}""")).ShouldBe(400, "strict_dynamic_mapping_exception");
        (await Calls.PutAsync($"/{Index}/_doc/1", """{"n":3000000000}""")).Status.ShouldBe(400);
        (await Calls.PutAsync($"/{Index}/_doc/1", """{"n":{"x":1}}""")).Status.ShouldBe(400);
        (await Calls.PutAsync($"/{Index}/_doc/1", """{"n":""")).Status.ShouldBe(400);
        (await Calls.GetAsync($"/{Index}/_doc/1")).ShouldBe(404);
        (await Calls.PutAsync($"/{Index}/_doc/1", """{"n":"12"}""")).ShouldBe(201);
        (await Calls.PutAsync($"/{Index}/_doc/2", """{"n":null,"name":[]}""")).ShouldBe(201);
    }
}

public sealed class EmbeddedDocumentTests(EmbeddedSearchFixture server) : DocumentSuite(server), IClassFixture<EmbeddedSearchFixture>;

[Needs(RealServer.Search)]
public sealed class RealDocumentTests(RealSearchFixture server) : DocumentSuite(server), IClassFixture<RealSearchFixture>;
