using Streaming.Fixtures;

namespace Streaming.Registry.Tests.Api;

public sealed class CompatibilityApiTests(EmbeddedRegistryFixture registry) : IClassFixture<EmbeddedRegistryFixture>, IDisposable
{
    private readonly RestCalls _calls = new(registry.Url);
    private readonly string _subject = SomeNames.Name("subject");
    private readonly string _v1 = SomeSchemas.Record("test.R", SomeSchemas.Id);
    private readonly string _optional = SomeSchemas.Record("test.R", SomeSchemas.Id, SomeSchemas.Optional);
    private readonly string _required = SomeSchemas.Record("test.R", SomeSchemas.Id, SomeSchemas.Required);

    [Fact]
    public async Task A_breaking_schema_is_refused_with_the_rule_it_breaks()
    {
        await _calls.RegisterAsync(_subject, _v1);
        var refused = await _calls.PostSchemaAsync($"/subjects/{_subject}/versions", _required);
        refused.ShouldBeError(409, "READER_FIELD_MISSING_DEFAULT_VALUE");
        refused.ShouldBeError(409, "The field 'note' at path '/fields/1' in the new schema has no default value and is missing in the old schema");
        refused.ShouldBeError(409, "{validateFields: 'false', compatibility: 'BACKWARD'}");
        (await _calls.GetAsync($"/subjects/{_subject}/versions")).ShouldBeJson("[1]");
    }

    [Fact]
    public async Task A_check_says_the_same_without_registering()
    {
        await _calls.RegisterAsync(_subject, _v1);
        foreach (var version in new[] { "/latest", "/1", "" })
        {
            var path = $"/compatibility/subjects/{_subject}/versions{version}";
            (await _calls.PostSchemaAsync(path, _optional)).ShouldBeJson("""{"is_compatible":true}""");
            (await _calls.PostSchemaAsync(path, _required)).ShouldBeJson("""{"is_compatible":false}""");
            var verbose = await _calls.PostSchemaAsync($"{path}?verbose=true", _required);
            verbose.Json!["is_compatible"]!.GetValue<bool>().ShouldBeFalse();
            verbose.Json!["messages"]![0]!.GetValue<string>().ShouldContain("READER_FIELD_MISSING_DEFAULT_VALUE");
        }
    }

    [Fact]
    public async Task A_new_subject_has_nothing_to_contradict_and_a_version_asked_for_must_exist()
    {
        (await _calls.PostSchemaAsync($"/compatibility/subjects/{_subject}/versions/latest", _v1)).ShouldBeJson("""{"is_compatible":true}""");
        (await _calls.PostSchemaAsync($"/compatibility/subjects/{_subject}/versions", _v1)).ShouldBeJson("""{"is_compatible":true}""");
        (await _calls.PostSchemaAsync($"/compatibility/subjects/{_subject}/versions/1", _v1)).ShouldBeError(40401);
        await _calls.RegisterAsync(_subject, _v1);
        (await _calls.PostSchemaAsync($"/compatibility/subjects/{_subject}/versions/2", _v1)).ShouldBeError(40402);
    }

    [Theory]
    [InlineData("BACKWARD", true, false)]
    [InlineData("FORWARD", true, true)]
    [InlineData("FULL", true, false)]
    [InlineData("NONE", true, true)]
    [InlineData("FULL_TRANSITIVE", true, false)]
    public async Task The_subjects_level_decides(string level, bool takesOptional, bool takesRequired)
    {
        await _calls.PutAsync($"/config/{_subject}", $$"""{"compatibility":"{{level}}"}""");
        await _calls.RegisterAsync(_subject, _v1);
        var path = $"/compatibility/subjects/{_subject}/versions/latest";
        (await _calls.PostSchemaAsync(path, _optional)).Json!["is_compatible"]!.GetValue<bool>().ShouldBe(takesOptional);
        (await _calls.PostSchemaAsync(path, _required)).Json!["is_compatible"]!.GetValue<bool>().ShouldBe(takesRequired);
    }

    [Fact]
    public async Task Transitive_levels_look_at_every_version()
    {
        // Version 1 has no note, version 2 an optional one, so version 3 may require it of 2 but not of 1.
        await _calls.RegisterAsync(_subject, _v1);
        await _calls.RegisterAsync(_subject, _optional);
        (await _calls.PostSchemaAsync($"/compatibility/subjects/{_subject}/versions/latest", _required)).Json!["is_compatible"]!.GetValue<bool>().ShouldBeFalse();
        var widened = SomeSchemas.Record("test.R", SomeSchemas.Id, """{"name":"note","type":["null","string"]}""");
        (await _calls.PostSchemaAsync($"/compatibility/subjects/{_subject}/versions", widened)).ShouldBeJson("""{"is_compatible":true}""");
        await _calls.PutAsync($"/config/{_subject}", """{"compatibility":"BACKWARD_TRANSITIVE"}""");
        (await _calls.PostSchemaAsync($"/compatibility/subjects/{_subject}/versions", widened)).ShouldBeJson("""{"is_compatible":false}""");
        (await _calls.PostSchemaAsync($"/subjects/{_subject}/versions", widened)).ShouldBeError(409, "{oldSchemaVersion: 1}");
    }

    [Fact]
    public async Task Deleted_versions_do_not_count()
    {
        await _calls.RegisterAsync(_subject, _v1);
        await _calls.DeleteAsync($"/subjects/{_subject}");
        await _calls.RegisterAsync(_subject, _required);
        (await _calls.GetAsync($"/subjects/{_subject}/versions")).ShouldBeJson("[2]");
    }

    public void Dispose() => _calls.Dispose();
}
