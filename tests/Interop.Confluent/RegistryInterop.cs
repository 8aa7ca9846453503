using Confluent.SchemaRegistry;
using Streaming.Contracts.Inventory;
using Streaming.Fixtures;
using Streaming.Serdes.Registry;
using Apache = Avro;

namespace Streaming.Interop.Tests;

/// <summary>Confluent's own registry client against a registry.</summary>
public abstract class RegistryInterop(RegistryFixture registry) : IDisposable
{
    private const string V1 = """{"type":"record","name":"R","namespace":"interop","fields":[{"name":"id","type":"long"}]}""";
    private const string V2 = """{"type":"record","name":"R","namespace":"interop","fields":[{"name":"id","type":"long"},{"name":"note","type":["null","string"],"default":null}]}""";
    private const string Breaking = """{"type":"record","name":"R","namespace":"interop","fields":[{"name":"id","type":"long"},{"name":"note","type":"string"}]}""";

    private readonly CachedSchemaRegistryClient _client = new(new SchemaRegistryConfig { Url = registry.Url });
    private readonly string _subject = SomeNames.Name("interop");

    [ConformanceFact]
    public async Task It_registers_and_finds_schemas()
    {
        var id = await _client.RegisterSchemaAsync(_subject, new Schema(V1, SchemaType.Avro));
        (await _client.GetSchemaIdAsync(_subject, new Schema(V1, SchemaType.Avro))).ShouldBe(id);
        (await _client.GetSchemaAsync(id)).SchemaString.ShouldBe(V1);
        var found = await _client.LookupSchemaAsync(_subject, new Schema(V1, SchemaType.Avro), ignoreDeletedSchemas: true, normalize: false);
        (found.Id, found.Version, found.Subject).ShouldBe((id, 1, _subject));
        (await _client.GetAllSubjectsAsync()).ShouldContain(_subject);
        (await _client.GetSubjectVersionsAsync(_subject)).ShouldBe([1]);
        (await _client.GetLatestSchemaAsync(_subject)).SchemaString.ShouldBe(V1);
        (await _client.GetRegisteredSchemaAsync(_subject, 1)).Id.ShouldBe(id);
    }

    [ConformanceFact]
    public async Task It_is_told_what_breaks_compatibility()
    {
        await _client.RegisterSchemaAsync(_subject, new Schema(V1, SchemaType.Avro));
        (await _client.UpdateCompatibilityAsync(Compatibility.FullTransitive, _subject)).ShouldBe(Compatibility.FullTransitive);
        (await _client.GetCompatibilityAsync(_subject)).ShouldBe(Compatibility.FullTransitive);
        (await _client.IsCompatibleAsync(_subject, new Schema(V2, SchemaType.Avro))).ShouldBeTrue();
        (await _client.IsCompatibleAsync(_subject, new Schema(Breaking, SchemaType.Avro))).ShouldBeFalse();
        (await Should.ThrowAsync<SchemaRegistryException>(() => _client.RegisterSchemaAsync(_subject, new Schema(Breaking, SchemaType.Avro))))
            .Status.ShouldBe(System.Net.HttpStatusCode.Conflict);
        await _client.RegisterSchemaAsync(_subject, new Schema(V2, SchemaType.Avro));
        (await _client.GetSubjectVersionsAsync(_subject)).ShouldBe([1, 2]);
    }

    [ConformanceFact]
    public async Task It_registers_and_finds_schemas_that_refer_to_others()
    {
        await _client.RegisterSchemaAsync(_subject, new Schema(V1, SchemaType.Avro));
        var list = new Schema("""{"type":"array","items":"interop.R"}""", [new SchemaReference("interop.R", _subject, 1)], SchemaType.Avro);
        var id = await _client.RegisterSchemaAsync($"{_subject}-list", list);
        var found = await _client.GetSchemaAsync(id);
        found.SchemaString.ShouldBe(list.SchemaString);
        found.References.Select(reference => (reference.Name, reference.Subject, reference.Version)).ShouldBe([("interop.R", _subject, 1)]);
        (await _client.GetSchemaIdAsync($"{_subject}-list", list)).ShouldBe(id);
        using var ours = new SchemaRegistryClient(registry.Url);
        Streaming.Avro.Schema.AvroSchema.Parse(await ours.GetSchemaAsync(id)).ToString().ShouldContain("\"fields\"");
    }

    [ConformanceFact]
    public async Task It_takes_errors_for_what_they_are()
    {
        (await Should.ThrowAsync<SchemaRegistryException>(() => _client.GetSchemaAsync(int.MaxValue))).ErrorCode.ShouldBe(40403);
        (await Should.ThrowAsync<SchemaRegistryException>(() => _client.GetLatestSchemaAsync(_subject))).ErrorCode.ShouldBeOneOf(40401, 40402); // Apicurio: 40402
        (await Should.ThrowAsync<SchemaRegistryException>(() => _client.RegisterSchemaAsync(_subject, new Schema("{\"type\":\"record\"}", SchemaType.Avro)))).ErrorCode.ShouldBe(42201);
    }

    [ConformanceFact]
    public async Task It_finds_what_our_client_registered_and_the_other_way_round()
    {
        using var ours = new SchemaRegistryClient(registry.Url);
        var schema = StockSold.RecordType.Schema.ToString();
        var id = await ours.RegisterAsync(_subject, schema);
        (await _client.GetSchemaIdAsync(_subject, new Schema(schema, SchemaType.Avro))).ShouldBe(id);
        // Apache.Avro's rendering of the same schema, which differs in member order and whitespace.
        var theirs = Apache::Schema.Parse((await _client.GetSchemaAsync(id)).SchemaString).ToString();
        (await ours.RegisterAsync($"{_subject}-theirs", theirs)).ShouldBeGreaterThan(0);
        (await ours.GetSchemaAsync(await _client.RegisterSchemaAsync($"{_subject}-v1", new Schema(V1, SchemaType.Avro)))).ShouldBe(V1);
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _client.Dispose();
    }
}

public sealed class EmbeddedRegistryInterop(EmbeddedRegistryFixture registry) : RegistryInterop(registry), IClassFixture<EmbeddedRegistryFixture>;

[Needs(RealServer.Registry)]
public sealed class RealRegistryInterop(RealRegistryFixture registry) : RegistryInterop(registry), IClassFixture<RealRegistryFixture>;
