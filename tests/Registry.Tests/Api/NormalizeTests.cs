using System.Text.Json.Nodes;
using Streaming.Fixtures;

namespace Streaming.Registry.Tests.Api;

/// <summary>Schemas that differ in what may be said in any order, and when that makes them two.</summary>
public sealed class NormalizeTests : IClassFixture<EmbeddedRegistryFixture>, IDisposable
{
    private readonly RestCalls _calls;
    private readonly string _subject = SomeNames.Name("subject");
    private readonly string _other = SomeNames.Name("other");
    private readonly string _text;
    private readonly string _otherwise;
    private readonly string _normalized;

    public NormalizeTests(EmbeddedRegistryFixture registry)
    {
        _calls = new RestCalls(registry.Url);
        var space = SomeNames.Namespace();
        _text = $$"""{"type":"record","name":"R","namespace":"{{space}}","z":1,"a":2,"fields":[{"name":"id","type":{"type":"long"} }]}""".Replace(" ", "", StringComparison.Ordinal);
        _otherwise = $$"""{"a":2,"z":1,"type":"record","name":"{{space}}.R","fields":[{"type":"long","name":"id"}]}""";
        _normalized = $$"""{"type":"record","name":"R","namespace":"{{space}}","fields":[{"name":"id","type":"long"}],"a":2,"z":1}""";
    }

    [Fact]
    public async Task Without_normalizing_a_schema_stays_as_it_is_written()
    {
        var id = await _calls.RegisterAsync(_subject, _text);
        (await _calls.GetAsync($"/schemas/ids/{id}/schema")).Text.ShouldBe(_text);
        (await _calls.RegisterAsync(_other, _otherwise)).ShouldNotBe(id);
    }

    [Fact]
    public async Task Whoever_asks_for_it_has_it_normalized()
    {
        var id = await RegisterAsync(_subject, _text, "?normalize=true");
        (await _calls.GetAsync($"/schemas/ids/{id}/schema")).Text.ShouldBe(_normalized);
        (await RegisterAsync(_other, _otherwise, "?normalize=true")).ShouldBe(id);
        (await _calls.PostSchemaAsync($"/subjects/{_other}?normalize=true", _text)).Json!["id"]!.GetValue<int>().ShouldBe(id);
    }

    [Fact]
    public async Task A_subject_that_is_configured_so_normalizes_for_everyone()
    {
        foreach (var subject in new[] { _subject, _other })
            (await _calls.PutAsync($"/config/{subject}", """{"normalize":true}""")).ShouldBeJson("""{"normalize":true}""");

        var id = await _calls.RegisterAsync(_subject, _text);
        (await _calls.GetAsync($"/subjects/{_subject}/versions/1/schema")).Text.ShouldBe(_normalized);
        // A parameter can ask for it, and not against it.
        (await RegisterAsync(_other, _otherwise, "?normalize=false")).ShouldBe(id);
        (await _calls.PostSchemaAsync($"/subjects/{_other}", _text)).Json!["schema"]!.GetValue<string>().ShouldBe(_normalized);
    }

    [Fact]
    public async Task The_registrys_setting_holds_for_subjects_without_their_own()
    {
        await using var own = new RegistryOfItsOwn();
        using var calls = new RestCalls(await own.StartAsync());
        (await calls.PutAsync("/config", """{"normalize":true}""")).ShouldBeJson("""{"normalize":true}""");
        await calls.PutAsync("/config/plain", """{"normalize":false}""");
        await calls.PutAsync("/config/level", """{"compatibility":"NONE"}""");
        foreach (var (subject, expected) in new[] { ("any", _normalized), ("plain", _text), ("level", _normalized) })
        {
            await calls.RegisterAsync(subject, _text);
            (await calls.GetAsync($"/subjects/{subject}/versions/1/schema")).Text.ShouldBe(expected, subject);
        }
    }

    [Fact]
    public async Task A_subject_has_no_second_version_that_means_the_same()
    {
        var id = await _calls.RegisterAsync(_subject, _text);
        (await _calls.RegisterAsync(_subject, _otherwise)).ShouldBe(id);
        (await RegisterAsync(_subject, _otherwise, "?normalize=true")).ShouldBe(id);
        (await _calls.PostSchemaAsync($"/subjects/{_subject}", _otherwise)).Json!["version"]!.GetValue<int>().ShouldBe(1);
        (await _calls.GetAsync($"/subjects/{_subject}/versions")).ShouldBeJson("[1]");
    }

    [Fact]
    public async Task A_schema_sent_whole_is_the_one_that_refers_to_its_parts()
    {
        var part = $$"""{"type":"enum","name":"E","namespace":"{{SomeNames.Namespace()}}","symbols":["A"]}""";
        var name = JsonNode.Parse(part)!["namespace"] + ".E";
        await _calls.RegisterAsync(_other, part);
        var body = new JsonObject
        {
            ["schema"] = $$"""{"type":"array","items":"{{name}}"}""",
            ["references"] = new JsonArray(new JsonObject { ["name"] = name, ["subject"] = _other, ["version"] = 1 }),
        };
        var referring = (await _calls.PostAsync($"/subjects/{_subject}/versions", body.ToJsonString())).Json!["id"]!.GetValue<int>();

        var whole = $$"""{"type":"array","items":{{part}}}""";
        (await _calls.RegisterAsync(_subject, whole)).ShouldBe(referring);
        (await _calls.GetAsync($"/schemas/ids/{referring}?format=resolved")).Json!["schema"]!.GetValue<string>()
            .ShouldBe(Streaming.Registry.Store.ApacheText.Of(whole));
        (await _calls.GetAsync($"/schemas/ids/{referring}?format=nonsense")).Json!["schema"]!.GetValue<string>().ShouldBe(body["schema"]!.GetValue<string>());
    }

    public void Dispose() => _calls.Dispose();

    private async Task<int> RegisterAsync(string subject, string schema, string query) =>
        (await _calls.PostSchemaAsync($"/subjects/{subject}/versions{query}", schema)).Json!["id"]!.GetValue<int>();
}
