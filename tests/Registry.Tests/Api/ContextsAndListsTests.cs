using System.Net;
using Streaming.Fixtures;

namespace Streaming.Registry.Tests.Api;

/// <summary>What newer clients ask: contexts, pages of lists, which registry this is.</summary>
public sealed class ContextsAndListsTests(EmbeddedRegistryFixture registry) : IClassFixture<EmbeddedRegistryFixture>, IDisposable
{
    private readonly RestCalls _calls = new(registry.Url);
    private readonly string _subject = SomeNames.Name("subject");

    [Fact]
    public async Task The_default_context_is_the_only_one()
    {
        (await _calls.GetAsync("/contexts")).ShouldBeJson("""["."]""");
        (await _calls.GetAsync("/contexts?contextPrefix=.other")).ShouldBeJson("[]");
        var id = await _calls.RegisterAsync($":.:{_subject}", "\"int\"");
        (await _calls.GetAsync($"/subjects/{_subject}/versions/1")).Json!["id"]!.GetValue<int>().ShouldBe(id);
        (await _calls.GetAsync($"/subjects?subjectPrefix=:*:{_subject}")).ShouldBeJson($"""["{_subject}"]""");

        (await _calls.PostSchemaAsync($"/subjects/:.other:{_subject}/versions", "\"int\"")).ShouldBeError(42208, "default context alone");
        (await _calls.GetAsync($"/subjects/:.other:{_subject}/versions")).ShouldBeError(42208);
        (await _calls.GetAsync($"/config/:.other:")).ShouldBeError(42208);
        (await _calls.PostSchemaAsync($"/compatibility/subjects/:.other:{_subject}/versions/latest", "\"int\"")).ShouldBeError(42208);
    }

    [Fact]
    public async Task Lists_come_in_pages()
    {
        foreach (var (name, schema) in new[] { ("a", "\"int\""), ("b", "\"int\""), ("c", "\"int\""), ("c", "\"long\"") })
            await _calls.RegisterAsync($"{_subject}-{name}", schema);

        (await _calls.GetAsync($"/subjects?subjectPrefix={_subject}&offset=1&limit=1")).ShouldBeJson($"""["{_subject}-b"]""");
        (await _calls.GetAsync($"/subjects?subjectPrefix={_subject}&limit=0")).Json!.AsArray().Count.ShouldBe(3);
        (await _calls.GetAsync($"/subjects?subjectPrefix={_subject}&offset=2&limit=-1")).ShouldBeJson($"""["{_subject}-c"]""");
        (await _calls.GetAsync($"/subjects/{_subject}-c/versions?offset=1")).ShouldBeJson("[2]");
        (await _calls.GetAsync($"/schemas?subjectPrefix={_subject}&offset=3")).Json!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Deleted_versions_are_told_apart()
    {
        foreach (var schema in new[] { "\"int\"", "\"long\"", "\"float\"" })
            await _calls.RegisterAsync(_subject, schema);
        await _calls.DeleteAsync($"/subjects/{_subject}/versions/2");
        (await _calls.GetAsync($"/subjects/{_subject}/versions?deletedAsNegative=true")).ShouldBeJson("[1,-2,3]");
        (await _calls.GetAsync($"/subjects?subjectPrefix={_subject}&deletedOnly=true")).ShouldBeJson("[]");
        (await _calls.GetAsync($"/schemas?subjectPrefix={_subject}&deleted=true")).Json!.AsArray().Select(schema => schema!["deleted"]!.GetValue<bool>()).ShouldBe([false, true, false]);
        await _calls.DeleteAsync($"/subjects/{_subject}");
        (await _calls.GetAsync($"/subjects?subjectPrefix={_subject}&deletedOnly=true")).ShouldBeJson($"""["{_subject}"]""");
        (await _calls.GetAsync($"/subjects/{_subject}/versions?deletedOnly=true")).ShouldBeJson("[1,2,3]");
    }

    [Fact]
    public async Task A_list_of_schemas_tells_the_other_names_of_their_subjects()
    {
        await _calls.RegisterAsync(_subject, "\"int\"");
        await _calls.PutAsync($"/config/also-{_subject}", $$"""{"alias":"{{_subject}}"}""");
        foreach (var prefix in new[] { _subject, $"also-{_subject}" })
        {
            var schema = (await _calls.GetAsync($"/schemas?subjectPrefix={prefix}&aliases=true")).Json!.AsArray().ShouldHaveSingleItem()!;
            schema["subject"]!.GetValue<string>().ShouldBe(_subject);
            schema["aliases"]!.ToJsonString().ShouldBe($"""["also-{_subject}"]""");
        }
        (await _calls.GetAsync($"/schemas?subjectPrefix={_subject}")).Json![0]!.AsObject().ContainsKey("aliases").ShouldBeFalse();
    }

    [Fact]
    public async Task An_id_is_told_as_of_the_subject_that_is_asked_for()
    {
        var id = await _calls.RegisterAsync($"{_subject}-a", "\"int\"");
        await _calls.RegisterAsync($"{_subject}-b", "\"int\"");
        foreach (var subject in new[] { $"{_subject}-a", $"{_subject}-b" })
            (await _calls.GetAsync($"/schemas/ids/{id}?subject={subject}")).Json!["subject"]!.GetValue<string>().ShouldBe(subject);
        (await _calls.GetAsync($"/schemas/ids/{id}?subject=nowhere")).Json!["schema"]!.GetValue<string>().ShouldBe("\"int\"");
    }

    [Fact]
    public async Task An_ids_subjects_are_told_and_its_highest_neighbour()
    {
        var id = await _calls.RegisterAsync(_subject, SomeSchemas.Record(SomeNames.Name("R").Replace('-', '_'), SomeSchemas.Id));
        await _calls.RegisterAsync($"{_subject}-too", (await _calls.GetAsync($"/schemas/ids/{id}/schema")).Text);

        (await _calls.GetAsync($"/schemas/ids/{id}/subjects")).ShouldBeJson($"""["{_subject}","{_subject}-too"]""");
        (await _calls.GetAsync($"/schemas/ids/{id}/versions?subject={_subject}-too")).ShouldBeJson($$"""[{"subject":"{{_subject}}-too","version":1}]""");
        (await _calls.GetAsync($"/schemas/ids/{id}?fetchMaxId=true")).Json!["maxId"]!.GetValue<int>().ShouldBeGreaterThanOrEqualTo(id);
        (await _calls.GetAsync($"/schemas/ids/{id}")).Json!.AsObject().ContainsKey("maxId").ShouldBeFalse();
    }

    [Fact]
    public async Task It_says_which_registry_it_is()
    {
        var cluster = await _calls.GetAsync("/v1/metadata/id");
        cluster.Status.ShouldBe(HttpStatusCode.OK);
        cluster.Json!["scope"]!["clusters"]!["schema-registry-cluster"]!.GetValue<string>().ShouldStartWith("_schemas");
        (await _calls.GetAsync("/v1/metadata/version")).Json!["version"]!.GetValue<string>().ShouldNotBeEmpty();
    }

    public void Dispose() => _calls.Dispose();
}
