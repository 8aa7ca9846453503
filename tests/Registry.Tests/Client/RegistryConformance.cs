using Streaming.Fixtures;
using Streaming.Serdes.Registry;

namespace Streaming.Registry.Tests.Client;

/// <summary>What our client promises, against any registry with the Confluent API.</summary>
public abstract class RegistryConformance(RegistryFixture registry) : IDisposable
{
    private readonly SchemaRegistryClient _client = new(registry.Url);
    private readonly string _subject = SomeNames.Name("subject");
    private readonly string _name = $"{SomeNames.Namespace()}.R";

    private string V1 => SomeSchemas.Record(_name, SomeSchemas.Id);

    private string V2 => SomeSchemas.Record(_name, SomeSchemas.Id, SomeSchemas.Optional);

    private string Breaking => SomeSchemas.Record(_name, SomeSchemas.Id, SomeSchemas.Required);

    [ConformanceFact]
    public async Task A_schema_is_registered_once_and_found_in_every_way()
    {
        var id = await _client.RegisterAsync(_subject, V1);
        (await _client.RegisterAsync(_subject, V1)).ShouldBe(id);
        using var fresh = new SchemaRegistryClient(registry.Url);
        (await fresh.RegisterAsync(_subject, V1)).ShouldBe(id);
        (await fresh.FindIdAsync(_subject, V1)).ShouldBe(id);
        (await fresh.GetSchemaAsync(id)).ShouldBe(V1);
        (await fresh.LookUpAsync(_subject, V1)).ShouldBe(new RegisteredSchema(_subject, 1, id, V1));
        (await fresh.GetVersionAsync(_subject, 1)).ShouldBe(new RegisteredSchema(_subject, 1, id, V1));
        (await fresh.GetVersionsAsync(_subject)).ShouldBe([1]);
        (await fresh.GetSubjectsAsync()).ShouldContain(_subject);
    }

    [ConformanceFact]
    public void Synchronous_callers_get_the_same_answers()
    {
        var id = _client.Register(_subject, V1);
        using var fresh = new SchemaRegistryClient(registry.Url);
        fresh.FindId(_subject, V1).ShouldBe(id);
        fresh.GetSchema(id).ShouldBe(V1);
        Should.Throw<SchemaNotRegisteredException>(() => fresh.GetSchema(int.MaxValue)).Message.ShouldContain(registry.Url);
    }

    [ConformanceFact]
    public async Task What_is_not_there_is_an_exception_that_says_so()
    {
        (await Should.ThrowAsync<SchemaNotRegisteredException>(async () => await _client.GetSchemaAsync(int.MaxValue))).ErrorCode.ShouldBe(40403);
        (await Should.ThrowAsync<SchemaNotRegisteredException>(async () => await _client.FindIdAsync(_subject, V1))).ErrorCode.ShouldBe(40401);
        await _client.RegisterAsync(_subject, V1);
        await Should.ThrowAsync<SchemaNotRegisteredException>(async () => await _client.FindIdAsync(_subject, V2));
        (await Should.ThrowAsync<SchemaNotRegisteredException>(() => _client.GetVersionAsync(_subject, 7))).ErrorCode.ShouldBe(40402);
        await Should.ThrowAsync<SchemaRefusedException>(async () => await _client.RegisterAsync(_subject, """{"type":"record"}"""));
    }

    [ConformanceFact]
    public async Task Compatibility_is_set_checked_and_enforced()
    {
        await _client.RegisterAsync(_subject, V1);
        await _client.SetCompatibilityAsync(_subject, "FULL_TRANSITIVE");
        (await _client.GetCompatibilityAsync(_subject)).ShouldBe("FULL_TRANSITIVE");
        (await _client.CheckCompatibilityAsync(_subject, V2)).IsCompatible.ShouldBeTrue();
        (await _client.CheckCompatibilityAsync(_subject, Breaking)).IsCompatible.ShouldBeFalse();
        (await Should.ThrowAsync<IncompatibleSchemaException>(async () => await _client.RegisterAsync(_subject, Breaking))).Message.ShouldContain("upcaster");
        await _client.RegisterAsync(_subject, V2);
        (await _client.GetVersionAsync(_subject)).Version.ShouldBe(2);
    }

    [ConformanceFact]
    public async Task A_subject_gets_its_level_once()
    {
        await _client.RegisterAsync(_subject, V1);
        for (var i = 0; i < 2; i++)
        {
            await _client.EnsureCompatibilityAsync(_subject, "FULL_TRANSITIVE");
            (await _client.GetCompatibilityAsync(_subject)).ShouldBe("FULL_TRANSITIVE");
        }
        await Should.ThrowAsync<IncompatibleSchemaException>(async () => await _client.RegisterAsync(_subject, Breaking));
    }

    [ConformanceFact]
    public async Task A_new_subject_takes_anything_and_has_the_registrys_level()
    {
        (await _client.CheckCompatibilityAsync(_subject, V1)).IsCompatible.ShouldBeTrue();
        (await _client.GetCompatibilityAsync(_subject)).ShouldBe(await _client.GetCompatibilityAsync(null));
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _client.Dispose();
    }
}

public sealed class EmbeddedRegistryTests(EmbeddedRegistryFixture registry) : RegistryConformance(registry), IClassFixture<EmbeddedRegistryFixture>;

[Needs(RealServer.Registry)]
public sealed class RealRegistryTests(RealRegistryFixture registry) : RegistryConformance(registry), IClassFixture<RealRegistryFixture>;
