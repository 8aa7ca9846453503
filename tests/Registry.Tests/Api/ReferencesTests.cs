using System.Text.Json.Nodes;
using Streaming.Fixtures;
using Streaming.Serdes.Registry;

namespace Streaming.Registry.Tests.Api;

/// <summary>Schemas that use types of other subjects.</summary>
public sealed class ReferencesTests : IClassFixture<EmbeddedRegistryFixture>, IDisposable
{
    private readonly EmbeddedRegistryFixture _registry;
    private readonly RestCalls _calls;
    private readonly string _subject = SomeNames.Name("order");
    private readonly string _customers = SomeNames.Name("customer");
    private readonly string _countries = SomeNames.Name("country");
    private readonly string _namespace = SomeNames.Namespace();

    public ReferencesTests(EmbeddedRegistryFixture registry) => (_registry, _calls) = (registry, new RestCalls(registry.Url));

    public void Dispose() => _calls.Dispose();

    [Fact]
    public async Task What_is_referred_to_is_kept_told_and_read_back_as_one_schema()
    {
        var (country, customer, order) = await RegisterAllAsync();

        (await _calls.GetAsync($"/schemas/ids/{order}")).Json!["references"]!.ToJsonString().ShouldBe(References(("C", _customers, 1)).ToJsonString());
        (await _calls.GetAsync($"/subjects/{_subject}/versions/latest")).Json!["references"]!.AsArray().Count.ShouldBe(1);
        (await _calls.GetAsync($"/schemas/ids/{country}")).Json!["references"].ShouldBeNull();
        (await _calls.GetAsync($"/subjects/{_customers}/versions/1/referencedby")).ShouldBeJson($"[{order}]");
        (await _calls.GetAsync($"/subjects/{_countries}/versions/1/referencedby")).ShouldBeJson($"[{customer}]");
        (await RegisterAsync(_subject, Order(), ("C", _customers, 1))).Json!["id"]!.GetValue<int>().ShouldBe(order);
        (await RegisterAsync(_subject, Order(), ("C", _customers, -1))).Json!["id"]!.GetValue<int>().ShouldBe(order);
        (await _calls.PostAsync($"/subjects/{_subject}", Body(Order(), ("C", _customers, 1)))).Json!["version"]!.GetValue<int>().ShouldBe(1);

        using var client = new SchemaRegistryClient(_registry.Url);
        var whole = Streaming.Avro.Schema.AvroSchema.Parse(await client.GetSchemaAsync(order)).ToString();
        whole.ShouldContain("\"name\":\"Country\"");
        whole.ShouldContain("\"DE\"");
        client.GetSchema(order).ShouldBe(whole);
    }

    [Fact]
    public async Task A_later_version_is_judged_with_the_types_that_it_refers_to()
    {
        await RegisterAllAsync();
        (await _calls.PutAsync($"/config/{_subject}", """{"compatibility":"FULL"}""")).Status.ShouldBe(System.Net.HttpStatusCode.OK);
        var breaking = Order().Replace("\"type\":\"long\"", "\"type\":\"string\"", StringComparison.Ordinal);
        (await RegisterAsync(_subject, breaking, ("C", _customers, 1))).ShouldBeError(409);
        (await _calls.PostAsync($"/compatibility/subjects/{_subject}/versions/latest", Body(Order("\"default\":7"), ("C", _customers, 1)))).Json!["is_compatible"]!.GetValue<bool>().ShouldBeTrue();

        // The customer gets a field; the order that refers to the new version is another schema.
        (await RegisterAsync(_customers, Customer(""","default":"?" """), ("Country", _countries, 1))).Status.ShouldBe(System.Net.HttpStatusCode.OK);
        (await RegisterAsync(_subject, Order(), ("C", _customers, 2))).Status.ShouldBe(System.Net.HttpStatusCode.OK);
        (await _calls.GetAsync($"/subjects/{_subject}/versions")).ShouldBeJson("[1,2]");
    }

    [Fact]
    public async Task What_others_refer_to_is_not_deleted()
    {
        await RegisterAllAsync();
        (await _calls.DeleteAsync($"/subjects/{_customers}")).ShouldBeError(42206, "One or more references exist to the schema");
        (await _calls.DeleteAsync($"/subjects/{_customers}/versions/1")).ShouldBeError(42206);
        // Softly deleted it may still be asked for by an id in the data.
        (await _calls.DeleteAsync($"/subjects/{_subject}")).ShouldBeJson("[1]");
        (await _calls.DeleteAsync($"/subjects/{_customers}")).ShouldBeError(42206);
        (await _calls.DeleteAsync($"/subjects/{_subject}?permanent=true")).ShouldBeJson("[1]");
        (await _calls.DeleteAsync($"/subjects/{_customers}")).ShouldBeJson("[1]");
    }

    [Fact]
    public async Task A_reference_to_nothing_and_a_name_without_one_are_refused()
    {
        (await RegisterAsync(_subject, Order(), ("C", _customers, 1))).ShouldBeError(42201, $"No schema reference found for subject \"{_customers}\" and version 1");
        (await RegisterAsync(_subject, Order())).ShouldBeError(42201, "Unknown type");
        await RegisterAllAsync();
        // What is referred to and defined as well.
        (await RegisterAsync(_subject, Country(), ("C", _countries, 1))).ShouldBeError(42201, "defined twice");
    }

    private async Task<(int Country, int Customer, int Order)> RegisterAllAsync() => (
        await _calls.RegisterAsync(_countries, Country()),
        (await RegisterAsync(_customers, Customer(), ("Country", _countries, 1))).Json!["id"]!.GetValue<int>(),
        (await RegisterAsync(_subject, Order(), ("C", _customers, 1))).Json!["id"]!.GetValue<int>());

    private string Country() => $$"""{"type":"enum","name":"Country","namespace":"{{_namespace}}","symbols":["DE","FR"]}""";

    private string Customer(string name = "") =>
        $$"""{"type":"record","name":"Customer","namespace":"{{_namespace}}","fields":[{"name":"country","type":"Country"}{{(name.Length > 0 ? $$""",{"name":"name","type":"string"{{name}}}""" : "")}}]}""";

    private string Order(string note = "") =>
        $$"""{"type":"record","name":"Order","namespace":"{{_namespace}}","fields":[{"name":"id","type":"long"},{"name":"customer","type":"Customer"}{{(note.Length > 0 ? $$""",{"name":"note","type":"int",{{note}}}""" : "")}}]}""";

    private Task<Answer> RegisterAsync(string subject, string schema, params (string Name, string Subject, int Version)[] references) =>
        _calls.PostAsync($"/subjects/{subject}/versions", Body(schema, references));

    private static string Body(string schema, params (string Name, string Subject, int Version)[] references) =>
        new JsonObject { ["schema"] = schema, ["references"] = References(references) }.ToJsonString();

    private static JsonArray References(params (string Name, string Subject, int Version)[] references) =>
        [.. references.Select(reference => new JsonObject { ["name"] = reference.Name, ["subject"] = reference.Subject, ["version"] = reference.Version })];
}
