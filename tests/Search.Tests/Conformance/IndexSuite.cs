using Streaming.Fixtures;
using Streaming.Search.Tests.Support;

namespace Streaming.Search.Tests.Conformance;

/// <summary>Indices, mappings, aliases.</summary>
public abstract class IndexSuite(SearchFixture server) : SearchConformance(server)
{
    [ConformanceFact]
    public async Task An_index_is_made_once()
    {
        (await Calls.HeadAsync($"/{Index}")).Status.ShouldBe(404);
        (await Calls.GetAsync($"/{Index}/_search")).ShouldBe(404, "index_not_found_exception");
        await CreateAsync("{}");
        (await Calls.HeadAsync($"/{Index}")).Status.ShouldBe(200);
        (await Calls.PutAsync($"/{Index}", "{}")).ShouldBe(400, "resource_already_exists_exception");
        (await Calls.PutAsync("/UPPER", "{}")).ShouldBe(400, "invalid_index_name_exception");
        (await Calls.DeleteAsync($"/{Index}")).ShouldBe(200);
        (await Calls.DeleteAsync($"/{Index}")).ShouldBe(404, "index_not_found_exception");
    }

    [ConformanceFact]
    public async Task A_mapping_grows_and_keeps_its_meta_and_no_field_changes_its_type()
    {
        (await Calls.PutAsync($"/{Index}", """{"mappings":{"_meta":{"version":3},"dynamic":"strict","properties":{"a":{"type":"keyword"}}}}""")).ShouldBe(200);
        (await Calls.PutAsync($"/{Index}/_mapping", """{"properties":{"b":{"type":"text","fields":{"raw":{"type":"keyword"}}},"o":{"properties":{"c":{"type":"date"}}}}}""")).ShouldBe(200);
        var mapping = (await Calls.GetAsync($"/{Index}/_mapping")).Json[Index]!["mappings"]!;
        ((int)mapping["_meta"]!["version"]!).ShouldBe(3);
        mapping["properties"]!.AsObject().Select(property => property.Key).ShouldBe(["a", "b", "o"]);
        ((string?)mapping["properties"]!["b"]!["fields"]!["raw"]!["type"]).ShouldBe("keyword");
        ((string?)mapping["properties"]!["o"]!["properties"]!["c"]!["type"]).ShouldBe("date");
        (await Calls.PutAsync($"/{Index}/_mapping", """{"properties":{"a":{"type":"long"}}}""")).ShouldBe(400, "illegal_argument_exception");
        (await Calls.PutAsync($"/{Index}/_mapping", """{"properties":{"z":{"type":"nonsense"}}}""")).ShouldBe(400, "mapper_parsing_exception");
        (await Calls.PutAsync($"/{Index}/_mapping", """{"properties":{"z":{"type":"keyword","nonsense":1}}}""")).ShouldBe(400, "mapper_parsing_exception");
    }

    [ConformanceFact]
    public async Task An_alias_moves_at_once_and_is_read_and_written_by()
    {
        var (next, alias) = (Index + "-2", Index + "-alias");
        await CreateAsync("""{"n":{"type":"long"}}""");
        await Calls.PutAsync($"/{next}", """{"mappings":{"properties":{"n":{"type":"long"}}}}""");
        try
        {
            (await Calls.PostAsync("/_aliases", $$$"""{"actions":[{"add":{"index":"{{{Index}}}","alias":"{{{alias}}}"}}]}""")).ShouldBe(200);
            (await Calls.PutAsync($"/{alias}/_doc/1?refresh=true", """{"n":1}""")).ShouldBe(201);
            ((string?)(await Calls.GetAsync($"/{alias}/_doc/1")).Json["_index"]).ShouldBe(Index);
            (await Calls.PostAsync("/_aliases", $$$"""
                {"actions":[{"remove":{"index":"{{{Index}}}","alias":"{{{alias}}}"}},{"add":{"index":"{{{next}}}","alias":"{{{alias}}}"}}]}
                """)).ShouldBe(200);
            ((int)(await Calls.GetAsync($"/{alias}/_count")).Json["count"]!).ShouldBe(0);
            (await Calls.GetAsync($"/_alias/{alias}")).Json.AsObject().Select(index => index.Key).ShouldBe([next]);
            (await Calls.HeadAsync($"/{alias}")).Status.ShouldBe(200);
            (await Calls.GetAsync($"/_alias/{alias}-none")).Status.ShouldBe(404);
            (await Calls.DeleteAsync($"/{alias}")).Status.ShouldBe(400);
        }
        finally
        {
            await Calls.DeleteAsync($"/{next}");
        }
    }

    [ConformanceFact]
    public async Task An_action_that_fails_undoes_none_and_does_none()
    {
        var alias = Index + "-alias";
        await CreateAsync("{}");
        (await Calls.PostAsync("/_aliases", $$$"""
            {"actions":[{"add":{"index":"{{{Index}}}","alias":"{{{alias}}}"}},{"add":{"index":"{{{Index}}}-none","alias":"{{{alias}}}"}}]}
            """)).ShouldBe(404, "index_not_found_exception");
        (await Calls.GetAsync($"/_alias/{alias}")).Status.ShouldBe(404);
    }

    [ConformanceFact]
    public async Task The_node_says_what_it_is_and_how_it_is()
    {
        ((string?)(await Calls.GetAsync("/")).Json["version"]!["number"]).ShouldNotBeNull();
        var health = await Calls.GetAsync("/_cluster/health");
        health.ShouldBe(200);
        ((string?)health.Json["status"]).ShouldBeOneOf("green", "yellow");
        (await Calls.GetAsync($"/{Index}?nonsense=1")).Status.ShouldBeOneOf(400, 404);
    }
}

public sealed class EmbeddedIndexTests(EmbeddedSearchFixture server) : IndexSuite(server), IClassFixture<EmbeddedSearchFixture>;

[Needs(RealServer.Search)]
public sealed class RealIndexTests(RealSearchFixture server) : IndexSuite(server), IClassFixture<RealSearchFixture>;
