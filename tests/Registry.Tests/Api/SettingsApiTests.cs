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
        (await _calls.DeleteAsync($"/config/{_subject}")).ShouldBeError(40408);
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
        (await _calls.PutAsync($"/mode/{_subject}", """{"mode":"IMPORT"}""")).ShouldBeError(42204);
    }

    public void Dispose() => _calls.Dispose();
}
