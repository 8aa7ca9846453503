using System.Text.Json.Nodes;
using Streaming.Fixtures;

namespace Streaming.Registry.Tests.Api;

public sealed class GuidTests(EmbeddedRegistryFixture registry) : IClassFixture<EmbeddedRegistryFixture>, IDisposable
{
    private readonly RestCalls _calls = new(registry.Url);
    private readonly string _subject = SomeNames.Name("subject");
    private readonly string _schema = SomeSchemas.Record($"{SomeNames.Namespace()}.R", SomeSchemas.Id);

    [Fact]
    public async Task A_schema_is_found_by_its_GUID()
    {
        var id = await _calls.RegisterAsync(_subject, _schema);
        var guid = await GuidOfAsync($"/subjects/{_subject}/versions/1");

        var found = (await _calls.GetAsync($"/schemas/guids/{guid}")).Json!;
        found["schema"]!.GetValue<string>().ShouldBe(_schema);
        found["guid"]!.GetValue<string>().ShouldBe(guid);
        found["schemaType"]!.GetValue<string>().ShouldBe("AVRO");
        found["deleted"]!.GetValue<bool>().ShouldBeFalse();
        found.AsObject().ContainsKey("subject").ShouldBeFalse();
        (await _calls.GetAsync($"/schemas/guids/{guid}/ids")).ShouldBeJson($$"""[{"context":".","id":{{id}}}]""");
        (await _calls.GetAsync($"/schemas/guids/{guid.ToUpperInvariant()}/ids")).ShouldBeJson($$"""[{"context":".","id":{{id}}}]""");
    }

    [Fact]
    public async Task Every_answer_about_a_schema_has_the_same_GUID()
    {
        var id = await _calls.RegisterAsync(_subject, _schema);
        var guid = await GuidOfAsync($"/schemas/ids/{id}");
        (await GuidOfAsync($"/subjects/{_subject}/versions/latest")).ShouldBe(guid);
        (await GuidOfAsync($"/schemas/ids/{id}?format=resolved")).ShouldBe(guid);
        (await _calls.PostSchemaAsync($"/subjects/{_subject}", _schema)).Json!["guid"]!.GetValue<string>().ShouldBe(guid);
        (await _calls.GetAsync($"/schemas?subjectPrefix={_subject}")).Json![0]!["guid"]!.GetValue<string>().ShouldBe(guid);
    }

    [Fact]
    public async Task A_registrations_answer_has_it_for_callers_that_take_new_members()
    {
        var body = new JsonObject { ["schema"] = _schema }.ToJsonString();
        var path = $"/subjects/{_subject}/versions";
        var id = (await _calls.PostAsync(path, body)).Json!["id"]!.GetValue<int>();
        (await _calls.PostAsync(path, body)).ShouldBeJson($$"""{"id":{{id}}}""");

        var full = await _calls.SendAsync(HttpMethod.Post, path, body, header: ("Confluent-Accept-Unknown-Properties", "true"));
        full.Json!["id"]!.GetValue<int>().ShouldBe(id);
        full.Json!["version"]!.GetValue<int>().ShouldBe(1);
        full.Json!["guid"]!.GetValue<string>().ShouldBe(await GuidOfAsync($"/schemas/ids/{id}"));
    }

    [Fact]
    public async Task A_GUID_that_no_schema_has_is_not_found()
    {
        foreach (var guid in new[] { Guid.Empty.ToString(), "nonsense" })
        {
            (await _calls.GetAsync($"/schemas/guids/{guid}")).ShouldBeError(40403);
            (await _calls.GetAsync($"/schemas/guids/{guid}/ids")).ShouldBeError(40403);
        }
    }

    [Fact]
    public async Task A_softly_deleted_schema_is_found_and_said_to_be_deleted()
    {
        await _calls.RegisterAsync(_subject, _schema);
        var guid = await GuidOfAsync($"/subjects/{_subject}/versions/1");
        await _calls.DeleteAsync($"/subjects/{_subject}");
        (await _calls.GetAsync($"/schemas/guids/{guid}")).Json!["deleted"]!.GetValue<bool>().ShouldBeTrue();
        await _calls.DeleteAsync($"/subjects/{_subject}?permanent=true");
        (await _calls.GetAsync($"/schemas/guids/{guid}")).ShouldBeError(40403);
    }

    public void Dispose() => _calls.Dispose();

    private async Task<string> GuidOfAsync(string path) => (await _calls.GetAsync(path)).Json!["guid"]!.GetValue<string>();
}
