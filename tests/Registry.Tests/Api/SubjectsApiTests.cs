using System.Net;
using Streaming.Fixtures;

namespace Streaming.Registry.Tests.Api;

public sealed class SubjectsApiTests : IClassFixture<EmbeddedRegistryFixture>, IDisposable
{
    private readonly RestCalls _calls;
    private readonly string _subject = SomeNames.Name("subject");
    private readonly string _namespace = SomeNames.Namespace();
    private readonly string _v1;
    private readonly string _v2;

    public SubjectsApiTests(EmbeddedRegistryFixture registry)
    {
        _calls = new RestCalls(registry.Url);
        _v1 = SomeSchemas.Record($"{_namespace}.R", SomeSchemas.Id);
        _v2 = SomeSchemas.Record($"{_namespace}.R", SomeSchemas.Id, SomeSchemas.Optional);
    }

    [Fact]
    public async Task A_registered_schema_is_found_by_id_subject_and_version()
    {
        var id = await _calls.RegisterAsync(_subject, _v1);

        (await _calls.GetAsync($"/schemas/ids/{id}")).Json!["schema"]!.GetValue<string>().ShouldBe(_v1);
        (await _calls.GetAsync($"/schemas/ids/{id}/schema")).Text.ShouldBe(_v1);
        (await _calls.GetAsync($"/subjects/{_subject}/versions")).ShouldBeJson("[1]");
        (await _calls.GetAsync("/subjects")).Json!.AsArray().Select(name => name!.GetValue<string>()).ShouldContain(_subject);
        foreach (var version in new[] { "1", "latest", "-1" })
        {
            var found = await _calls.GetAsync($"/subjects/{_subject}/versions/{version}");
            found.MediaType.ShouldBe("application/vnd.schemaregistry.v1+json");
            found.Json!["subject"]!.GetValue<string>().ShouldBe(_subject);
            found.Json!["version"]!.GetValue<int>().ShouldBe(1);
            found.Json!["id"]!.GetValue<int>().ShouldBe(id);
            found.Json!["schema"]!.GetValue<string>().ShouldBe(_v1);
        }
        (await _calls.GetAsync($"/subjects/{_subject}/versions/1/schema")).Text.ShouldBe(_v1);
        (await _calls.GetAsync($"/subjects/{_subject}/versions/1/referencedby")).ShouldBeJson("[]");
        var lookedUp = await _calls.PostSchemaAsync($"/subjects/{_subject}", _v1);
        lookedUp.Json!["version"]!.GetValue<int>().ShouldBe(1);
        lookedUp.Json!["id"]!.GetValue<int>().ShouldBe(id);
    }

    [Fact]
    public async Task Registering_again_changes_nothing_however_the_schema_is_written()
    {
        var id = await _calls.RegisterAsync(_subject, _v1);
        (await _calls.RegisterAsync(_subject, _v1)).ShouldBe(id);
        (await _calls.RegisterAsync(_subject, $$"""{ "fields": [ {"type":{"type":"long"}, "name":"id"} ], "namespace":"{{_namespace}}", "name":"R", "type":"record" }""")).ShouldBe(id);
        (await _calls.GetAsync($"/subjects/{_subject}/versions")).ShouldBeJson("[1]");
    }

    [Fact]
    public async Task Equal_schemas_share_an_id_across_subjects_and_other_documentation_makes_another_schema()
    {
        var (id, other) = (await _calls.RegisterAsync(_subject, _v1), SomeNames.Name("other"));
        (await _calls.RegisterAsync(other, _v1)).ShouldBe(id);
        (await _calls.GetAsync($"/schemas/ids/{id}/subjects")).Json!.AsArray().Select(name => name!.GetValue<string>()).ShouldBe([_subject, other], ignoreOrder: true);
        (await _calls.GetAsync($"/schemas/ids/{id}/versions")).Text.ShouldContain($$"""{"subject":"{{other}}","version":1}""");
        (await _calls.RegisterAsync(other, _v1.Replace("\"name\":\"id\"", "\"name\":\"id\",\"doc\":\"the key\""))).ShouldNotBe(id);
    }

    [Fact]
    public async Task Ids_rise_with_every_new_schema()
    {
        var first = await _calls.RegisterAsync(_subject, _v1);
        (await _calls.RegisterAsync(_subject, _v2)).ShouldBeGreaterThan(first);
        (await _calls.GetAsync($"/subjects/{_subject}/versions")).ShouldBeJson("[1,2]");
        (await _calls.GetAsync($"/subjects/{_subject}/versions/latest")).Json!["version"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public async Task Concurrent_registrations_get_different_ids_and_equal_ones_the_same()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => _calls.RegisterAsync($"{_subject}-{i % 20}", SomeSchemas.Record($"test.{_subject.Replace('-', '_')}{i % 20}", SomeSchemas.Id))));
        ids.Distinct().Count().ShouldBe(20);
        ids[..20].ShouldBe(ids[20..]);
    }

    [Fact]
    public async Task Primitive_schemas_are_taken_quoted_or_bare()
    {
        var id = await _calls.RegisterAsync(_subject, "\"string\"");
        (await _calls.RegisterAsync(_subject, "string")).ShouldBe(id);
        (await _calls.RegisterAsync(_subject, """{"type":"string"}""")).ShouldBe(id);
    }

    [Fact]
    public async Task A_subject_may_hold_any_printable_character()
    {
        var subject = $"{_subject}/ä b?%&=#";
        var id = await _calls.RegisterAsync(subject, _v1);
        (await _calls.GetAsync($"/subjects/{Uri.EscapeDataString(subject)}/versions/1")).Json!["subject"]!.GetValue<string>().ShouldBe(subject);
        (await _calls.GetAsync($"/schemas/ids/{id}/subjects")).Json!.AsArray().Select(name => name!.GetValue<string>()).ShouldContain(subject);
    }

    [Fact]
    public async Task What_is_not_there_is_said_with_its_code()
    {
        (await _calls.GetAsync($"/subjects/{_subject}/versions")).ShouldBeError(40401, $"Subject '{_subject}' not found.");
        (await _calls.GetAsync($"/subjects/{_subject}/versions/1")).ShouldBeError(40401);
        (await _calls.GetAsync($"/subjects/{_subject}/versions/latest")).ShouldBeError(40401);
        (await _calls.PostSchemaAsync($"/subjects/{_subject}", _v1)).ShouldBeError(40401);
        (await _calls.DeleteAsync($"/subjects/{_subject}")).ShouldBeError(40401);
        (await _calls.DeleteAsync($"/subjects/{_subject}/versions/1")).ShouldBeError(40401);
        await _calls.RegisterAsync(_subject, _v1);
        (await _calls.GetAsync($"/subjects/{_subject}/versions/2")).ShouldBeError(40402, "Version 2 not found.");
        (await _calls.DeleteAsync($"/subjects/{_subject}/versions/2")).ShouldBeError(40402);
        (await _calls.PostSchemaAsync($"/subjects/{_subject}", _v2)).ShouldBeError(40403);
        (await _calls.GetAsync("/schemas/ids/2147483647")).ShouldBeError(40403, "Schema 2147483647 not found");
        (await _calls.GetAsync("/schemas/ids/abc")).ShouldBeError(404);
        (await _calls.GetAsync("/nowhere")).ShouldBeError(404);
        (await _calls.PutAsync("/subjects", "{}")).ShouldBeError(405);
        foreach (var version in new[] { "0", "-2", "one", "2147483648" })
            (await _calls.GetAsync($"/subjects/{_subject}/versions/{version}")).ShouldBeError(42202);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("{")]
    [InlineData("""{"type":"record","name":"R"}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"Unknown"}]}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}""")]
    [InlineData("""["int","int"]""")]
    public async Task What_is_no_schema_is_refused(string schema)
    {
        (await _calls.PostSchemaAsync($"/subjects/{_subject}/versions", schema)).ShouldBeError(42201);
        (await _calls.PostSchemaAsync($"/compatibility/subjects/{_subject}/versions/latest", schema)).ShouldBeError(42201);
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("null", 400)]
    [InlineData("[]", 400)]
    [InlineData("{", 400)]
    [InlineData("""{"schema":1}""", 400)]
    [InlineData("{}", 42201)]
    [InlineData("""{"schema":"\"int\"","schemaType":"PROTOBUF"}""", 42201)]
    [InlineData("""{"schema":"\"int\"","references":[{"name":"a","subject":"b","version":1}]}""", 42201)]
    [InlineData("""{"schema":"\"int\"","ruleSet":{"domainRules":[{}]}}""", 42210)]
    [InlineData("""{"schema":"\"int\"","metadata":[]}""", 400)]
    [InlineData("""{"schema":"\"int\"","id":7,"version":1}""", 42205)]
    public async Task What_is_no_request_is_refused(string body, int code) =>
        (await _calls.PostAsync($"/subjects/{_subject}/versions", body)).ShouldBeError(code);

    [Fact]
    public async Task Hostile_schemas_are_errors_and_the_registry_goes_on()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 100_000)) + "\"int\"" + new string('}', 100_000);
        (await _calls.PostSchemaAsync($"/subjects/{_subject}/versions", deep)).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        var nested = string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 5_000)) + "\"int\"" + new string('}', 5_000);
        (await _calls.PostSchemaAsync($"/subjects/{_subject}/versions", nested)).ShouldBeError(42201);

        // Each record refers to the one before: no nesting in the text, four thousand levels in the types.
        var chain = string.Join(",", Enumerable.Range(1, 4_000).Select(i =>
            $$"""{"type":"record","name":"R{{i}}","fields":[{"name":"f","type":"{{(i == 1 ? "int" : $"R{i - 1}")}}"}]}"""));
        var wrapped = $$"""{"type":"record","name":"W","fields":[{"name":"u","type":[{{chain}}]},{"name":"last","type":"R4000"}]}""";
        var answer = await _calls.PostSchemaAsync($"/subjects/{_subject}/versions", wrapped);
        answer.Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.UnprocessableEntity);
        answer = await _calls.PostSchemaAsync($"/subjects/{_subject}/versions", wrapped.Replace("\"int\"", "\"long\""));
        answer.Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.UnprocessableEntity);

        (await _calls.RegisterAsync(SomeNames.Name("after"), _v1)).ShouldBePositive();
    }

    [Fact]
    public async Task Deletion_takes_two_steps()
    {
        await _calls.RegisterAsync(_subject, _v1);
        var id = await _calls.RegisterAsync(_subject, _v2);

        (await _calls.DeleteAsync($"/subjects/{_subject}?permanent=true")).ShouldBeError(40405);
        (await _calls.DeleteAsync($"/subjects/{_subject}/versions/1?permanent=true")).ShouldBeError(40407);
        (await _calls.DeleteAsync($"/subjects/{_subject}/versions/1")).ShouldBeJson("1");
        (await _calls.DeleteAsync($"/subjects/{_subject}/versions/1")).ShouldBeError(40406);
        (await _calls.GetAsync($"/subjects/{_subject}/versions")).ShouldBeJson("[2]");
        (await _calls.GetAsync($"/subjects/{_subject}/versions?deleted=true")).ShouldBeJson("[1,2]");
        (await _calls.GetAsync($"/subjects/{_subject}/versions?deletedOnly=true")).ShouldBeJson("[1]");
        (await _calls.GetAsync($"/subjects/{_subject}/versions/1")).ShouldBeError(40402);
        (await _calls.GetAsync($"/subjects/{_subject}/versions/1?deleted=true")).Json!["version"]!.GetValue<int>().ShouldBe(1);

        (await _calls.DeleteAsync($"/subjects/{_subject}")).ShouldBeJson("[2]");
        (await _calls.DeleteAsync($"/subjects/{_subject}")).ShouldBeError(40404);
        (await _calls.GetAsync("/subjects")).Text.ShouldNotContain(_subject);
        (await _calls.GetAsync("/subjects?deleted=true")).Text.ShouldContain(_subject);
        (await _calls.GetAsync($"/schemas/ids/{id}")).Json!["schema"]!.GetValue<string>().ShouldBe(_v2);

        (await _calls.DeleteAsync($"/subjects/{_subject}?permanent=true")).ShouldBeJson("[1,2]");
        (await _calls.GetAsync("/subjects?deleted=true")).Text.ShouldNotContain(_subject);
        (await _calls.DeleteAsync($"/subjects/{_subject}?permanent=true")).ShouldBeError(40401);
    }

    [Fact]
    public async Task A_softly_deleted_schema_comes_back_under_its_id_as_a_new_version()
    {
        var id = await _calls.RegisterAsync(_subject, _v1);
        await _calls.DeleteAsync($"/subjects/{_subject}");
        (await _calls.RegisterAsync(_subject, _v1)).ShouldBe(id);
        (await _calls.GetAsync($"/subjects/{_subject}/versions")).ShouldBeJson("[2]");
    }

    [Fact]
    public async Task An_id_is_never_given_twice_even_when_its_schema_is_gone()
    {
        var id = await _calls.RegisterAsync(_subject, SomeSchemas.Record(SomeNames.Namespace() + ".Gone", SomeSchemas.Id));
        await _calls.DeleteAsync($"/subjects/{_subject}");
        await _calls.DeleteAsync($"/subjects/{_subject}?permanent=true");
        (await _calls.GetAsync($"/schemas/ids/{id}")).ShouldBeError(40403);
        (await _calls.RegisterAsync(_subject, SomeSchemas.Record(SomeNames.Namespace() + ".Next", SomeSchemas.Id))).ShouldBeGreaterThan(id);
        (await _calls.GetAsync($"/subjects/{_subject}/versions")).ShouldBeJson("[1]");
    }

    [Fact]
    public async Task Lists_can_be_narrowed()
    {
        await _calls.RegisterAsync($"{_subject}.a", _v1);
        await _calls.RegisterAsync($"{_subject}.a", _v2);
        await _calls.RegisterAsync($"{_subject}.b", _v1);
        (await _calls.GetAsync($"/subjects?subjectPrefix={_subject}.")).ShouldBeJson($"""["{_subject}.a","{_subject}.b"]""");
        (await _calls.GetAsync($"/schemas?subjectPrefix={_subject}.&latestOnly=true")).Json!.AsArray().Select(found => found!["version"]!.GetValue<int>()).ShouldBe([2, 1]);
        (await _calls.GetAsync("/schemas/types")).ShouldBeJson("""["AVRO"]""");
        (await _calls.GetAsync("/contexts")).ShouldBeJson("""["."]""");
        (await _calls.GetAsync("/")).ShouldBeJson("{}");
    }

    public void Dispose() => _calls.Dispose();
}
