using Streaming.Fixtures;

namespace Streaming.Registry.Tests.Api;

public sealed class SettingsApiTests(EmbeddedRegistryFixture registry) : IClassFixture<EmbeddedRegistryFixture>, IDisposable
{
    private readonly RestCalls _calls = new(registry.Url);
    private readonly string _subject = SomeNames.Name("subject");

    [Fact]
    public async Task A_subject_has_the_registrys_level_until_it_gets_its_own()
    {
        (await _calls.GetAsync("/config")).ShouldBeJson("""{"compatibilityLevel":"BACKWARD"}""");
        (await _calls.GetAsync($"/config/{_subject}")).ShouldBeError(40408);
        (await _calls.GetAsync($"/config/{_subject}?defaultToGlobal=true")).ShouldBeJson("""{"compatibilityLevel":"BACKWARD"}""");
        (await _calls.PutAsync($"/config/{_subject}", """{"compatibility":"full_transitive"}""")).ShouldBeJson("""{"compatibility":"FULL_TRANSITIVE"}""");
        (await _calls.GetAsync($"/config/{_subject}")).ShouldBeJson("""{"compatibilityLevel":"FULL_TRANSITIVE"}""");
        (await _calls.DeleteAsync($"/config/{_subject}")).ShouldBeJson("""{"compatibilityLevel":"FULL_TRANSITIVE"}""");
        (await _calls.GetAsync($"/config/{_subject}")).ShouldBeError(40408);
        (await _calls.DeleteAsync($"/config/{_subject}")).ShouldBeError(40401);
    }

    [Theory]
    [InlineData("""{"compatibility":"SOMETIMES"}""", 42203)]
    [InlineData("{}", 42203)]
    [InlineData("nonsense", 400)]
    public async Task What_is_no_level_is_refused(string body, int code) => (await _calls.PutAsync($"/config/{_subject}", body)).ShouldBeError(code);

    [Fact]
    public async Task Deleting_a_subject_takes_its_level_along()
    {
        await _calls.RegisterAsync(_subject, "\"int\"");
        await _calls.PutAsync($"/config/{_subject}", """{"compatibility":"NONE"}""");
        await _calls.DeleteAsync($"/subjects/{_subject}");
        (await _calls.GetAsync($"/config/{_subject}")).ShouldBeError(40408);
    }

    [Fact]
    public async Task A_read_only_subject_takes_no_schema_and_loses_none()
    {
        await _calls.RegisterAsync(_subject, "\"int\"");
        (await _calls.GetAsync("/mode")).ShouldBeJson("""{"mode":"READWRITE"}""");
        (await _calls.GetAsync($"/mode/{_subject}")).ShouldBeError(40409);
        (await _calls.PutAsync($"/mode/{_subject}", """{"mode":"READONLY"}""")).ShouldBeJson("""{"mode":"READONLY"}""");
        (await _calls.PostSchemaAsync($"/subjects/{_subject}/versions", "\"long\"")).ShouldBeError(42205);
        (await _calls.PostSchemaAsync($"/subjects/{_subject}/versions", "\"int\"")).Json!["id"]!.GetValue<int>().ShouldBePositive();
        (await _calls.DeleteAsync($"/subjects/{_subject}")).ShouldBeError(42205);
        (await _calls.DeleteAsync($"/mode/{_subject}")).ShouldBeJson("""{"mode":"READONLY"}""");
        await _calls.RegisterAsync(_subject, "\"long\"");
        (await _calls.PutAsync($"/mode/{_subject}", """{"mode":"SOMETIMES"}""")).ShouldBeError(42204);
        (await _calls.PutAsync($"/mode/{_subject}", """{"mode":"READONLY_OVERRIDE"}""")).ShouldBeError(42204);
        (await _calls.DeleteAsync($"/mode/{_subject}")).ShouldBeError(40401);
    }

    [Fact]
    public async Task The_default_contexts_settings_are_the_registrys()
    {
        await using var own = new RegistryOfItsOwn();
        using var calls = new RestCalls(await own.StartAsync());
        (await calls.PutAsync("/config/:.:", """{"compatibility":"FULL"}""")).ShouldBeJson("""{"compatibility":"FULL"}""");
        (await calls.GetAsync("/config")).ShouldBeJson("""{"compatibilityLevel":"FULL"}""");
        (await calls.DeleteAsync("/config/:.:")).ShouldBeJson("""{"compatibilityLevel":"FULL"}""");
        (await calls.GetAsync("/config")).ShouldBeJson("""{"compatibilityLevel":"BACKWARD"}""");
    }

    [Fact]
    public async Task All_modes_are_taken_back_together()
    {
        await using var own = new RegistryOfItsOwn();
        using var calls = new RestCalls(await own.StartAsync());
        await calls.PutAsync("/mode", """{"mode":"READONLY"}""");
        await calls.PutAsync("/mode/s", """{"mode":"IMPORT"}""");
        (await calls.DeleteAsync("/mode")).ShouldBeJson("""{"mode":"READONLY"}""");
        (await calls.GetAsync("/mode/s")).ShouldBeJson("""{"mode":"IMPORT"}""");
        (await calls.DeleteAsync("/mode?recursive=true")).ShouldBeJson("""{"mode":"READWRITE"}""");
        (await calls.GetAsync("/mode/s")).ShouldBeError(40409);
    }

    [Fact]
    public async Task The_registrys_override_is_above_a_subjects_own_mode()
    {
        await using var own = new RegistryOfItsOwn();
        using var calls = new RestCalls(await own.StartAsync());
        (await calls.PutAsync("/mode/s", """{"mode":"READWRITE"}""")).ShouldBeJson("""{"mode":"READWRITE"}""");
        (await calls.PutAsync("/mode", """{"mode":"READONLY"}""")).ShouldBeJson("""{"mode":"READONLY"}""");
        (await calls.PostSchemaAsync("/subjects/other/versions", "\"int\"")).ShouldBeError(42205);
        await calls.RegisterAsync("s", "\"int\"");
        (await calls.PutAsync("/mode", """{"mode":"READONLY_OVERRIDE"}""")).ShouldBeJson("""{"mode":"READONLY_OVERRIDE"}""");
        (await calls.PostSchemaAsync("/subjects/s/versions", "\"long\"")).ShouldBeError(42205);
        (await calls.GetAsync("/mode/s?defaultToGlobal=true")).ShouldBeJson("""{"mode":"READONLY_OVERRIDE"}""");
    }

    [Fact]
    public async Task Schemas_are_imported_with_the_ids_and_versions_that_they_have_elsewhere()
    {
        await using var own = new RegistryOfItsOwn();
        using var calls = new RestCalls(await own.StartAsync());
        (await calls.PostAsync("/subjects/s/versions", """{"schema":"\"int\"","id":70,"version":3}""")).ShouldBeError(42205);
        (await calls.PutAsync("/mode/s", """{"mode":"IMPORT"}""")).ShouldBeJson("""{"mode":"IMPORT"}""");
        (await calls.PostSchemaAsync("/subjects/s/versions", "\"int\"")).ShouldBeError(42205);

        (await calls.PostAsync("/subjects/s/versions", """{"schema":"\"int\"","id":70,"version":3}""")).ShouldBeJson("""{"id":70}""");
        (await calls.PostAsync("/subjects/s/versions", """{"schema":"\"int\"","id":70,"version":3}""")).ShouldBeJson("""{"id":70}""");
        (await calls.PostAsync("/subjects/s/versions", """{"schema":"\"string\"","id":71}""")).ShouldBeJson("""{"id":71}""");
        (await calls.GetAsync("/subjects/s/versions")).ShouldBeJson("[3,4]");
        (await calls.PostAsync("/subjects/s/versions", """{"schema":"\"bytes\"","id":70}""")).ShouldBeError(42205);
        (await calls.PostAsync("/subjects/s/versions", """{"schema":"\"bytes\"","id":72,"version":3}""")).ShouldBeError(42205);
        (await calls.PostAsync("/subjects/s/versions", """{"schema":"\"int\"","id":73}""")).ShouldBeError(42205);

        (await calls.PutAsync("/mode/s", """{"mode":"READWRITE"}""")).ShouldBeJson("""{"mode":"READWRITE"}""");
        (await calls.PutAsync("/mode/s", """{"mode":"IMPORT"}""")).ShouldBeError(42205, "existing schemas");
        (await calls.PutAsync("/mode/s?force=true", """{"mode":"IMPORT"}""")).ShouldBeJson("""{"mode":"IMPORT"}""");
        (await calls.RegisterAsync("other", "\"long\"")).ShouldBe(72);
    }

    [Fact]
    public async Task A_subject_is_found_by_its_alias_too()
    {
        var alias = SomeNames.Name("alias");
        var id = await _calls.RegisterAsync(_subject, "\"int\"");
        (await _calls.PutAsync($"/config/{alias}", $$"""{"alias":"{{_subject}}"}""")).ShouldBeJson($$"""{"alias":"{{_subject}}"}""");

        (await _calls.GetAsync($"/subjects/{alias}/versions")).ShouldBeJson("[1]");
        (await _calls.GetAsync($"/subjects/{alias}/versions/latest")).Json!["subject"]!.GetValue<string>().ShouldBe(_subject);
        (await _calls.RegisterAsync(alias, "\"int\"")).ShouldBe(id);
        (await _calls.GetAsync($"/config/{alias}")).ShouldBeJson($$"""{"compatibilityLevel":"BACKWARD","alias":"{{_subject}}"}""");
        await _calls.DeleteAsync($"/config/{alias}");
        (await _calls.GetAsync($"/subjects/{alias}/versions")).ShouldBeError(40401);
    }

    [Fact]
    public async Task A_configuration_keeps_what_is_not_said_again_and_refuses_what_is_not_kept()
    {
        (await _calls.PutAsync($"/config/{_subject}", """{"compatibility":"NONE"}""")).ShouldBeJson("""{"compatibility":"NONE"}""");
        (await _calls.PutAsync($"/config/{_subject}", """{"normalize":true}""")).ShouldBeJson("""{"compatibility":"NONE","normalize":true}""");
        (await _calls.GetAsync($"/config/{_subject}")).ShouldBeJson("""{"compatibilityLevel":"NONE","normalize":true}""");
        (await _calls.PutAsync($"/config/{_subject}", """{"compatibilityGroup":"major"}""")).ShouldBeJson("""{"compatibility":"NONE","normalize":true,"compatibilityGroup":"major"}""");
        (await _calls.PutAsync($"/config/{_subject}", """{"compatibilityGroup":""}""")).ShouldBeJson("""{"compatibility":"NONE","normalize":true}""");
        (await _calls.PutAsync($"/config/{_subject}", """{"compatibility":"NONE","validateFields":true}""")).ShouldBeError(42205, "validation of fields");
        (await _calls.PutAsync($"/config/{_subject}", """{"compatibility":"NONE","compatibilityPolicy":"LENIENT"}""")).ShouldBeError(42205, "JSON Schema");
        (await _calls.PutAsync($"/config/{_subject}", """{"validateFields":false,"compatibilityPolicy":"STRICT","compatibility":"FULL"}""")).ShouldBeJson("""{"compatibility":"FULL","normalize":true}""");
    }

    public void Dispose() => _calls.Dispose();
}
