using Avro.Generic;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Streaming.Broker;
using Streaming.Fixtures;
using Streaming.Registry;
using Apache = Avro;

namespace Streaming.Interop.Tests;

/// <summary>Confluent's own registry client on what the embedded registry does beyond what another is asked for: TLS and passwords, modes, deletions, two of them.</summary>
public sealed class OwnRegistryInterop : IAsyncLifetime
{
    private const string Schema = """{"type":"record","name":"R","fields":[]}""";
    private readonly TempFolder _folder = new("secure-registry");
    private EmbeddedBroker? _broker;

    public async ValueTask InitializeAsync() => _broker = await EmbeddedBroker.StartAsync(new BrokerOptions { DataDirectory = _folder.Path });

    [Fact]
    public async Task It_trusts_the_certificate_and_sends_the_password()
    {
        var certificate = Certificate.Write(_folder.Path);
        var options = Options();
        (options.Url, options.UserName, options.Password) = ("https://127.0.0.1:0", "ann", "s3cret");
        (options.CertificateFile, options.CertificateKeyFile) = certificate;
        await using var registry = await RegistryServer.StartAsync(options);

        using var client = Client(registry.Url, certificate, "ann:s3cret");
        (await client.RegisterSchemaAsync("s", new Schema(Schema, SchemaType.Avro))).ShouldBe(1);
        using var stranger = Client(registry.Url, certificate, "ann:wrong");
        (await Should.ThrowAsync<SchemaRegistryException>(stranger.GetAllSubjectsAsync)).ErrorCode.ShouldBe(40101);
        using var distrustful = Client(registry.Url, null, "ann:s3cret");
        await Should.ThrowAsync<HttpRequestException>(distrustful.GetAllSubjectsAsync);
    }

    [Fact]
    public async Task It_is_told_that_a_registry_is_read_only()
    {
        await using var registry = await RegistryServer.StartAsync(Options());
        using var http = new HttpClient();
        (await http.PutAsync(new Uri(registry.Url + "/mode"), new StringContent("""{"mode":"READONLY"}"""))).IsSuccessStatusCode.ShouldBeTrue();
        using var client = Client(registry.Url);
        (await Should.ThrowAsync<SchemaRegistryException>(() => client.RegisterSchemaAsync("s", new Schema(Schema, SchemaType.Avro)))).ErrorCode.ShouldBe(42205);
    }

    [Fact]
    public async Task It_goes_on_with_the_other_of_two_registries()
    {
        var one = await RegistryServer.StartAsync(Options());
        await using var two = await RegistryServer.StartAsync(Options());
        using var client = Client($"{one.Url},{two.Url}");
        (await client.RegisterSchemaAsync("s", new Schema(Schema, SchemaType.Avro))).ShouldBe(1);
        await one.DisposeAsync();
        (await client.RegisterSchemaAsync("t", new Schema("\"int\"", SchemaType.Avro))).ShouldBe(2);
        (await client.GetAllSubjectsAsync()).ShouldBe(["s", "t"]);
    }

    [Fact]
    public async Task It_finds_a_schema_that_is_written_otherwise_when_it_normalizes()
    {
        const string otherwise = """{"fields": [], "name":"R", "type": "record"}""";
        await using var registry = await RegistryServer.StartAsync(Options());
        using var client = Client(registry.Url);
        var id = await client.RegisterSchemaAsync("s", new Schema(Schema, SchemaType.Avro), normalize: true);
        (await client.RegisterSchemaAsync("s", new Schema(otherwise, SchemaType.Avro), normalize: true)).ShouldBe(id);
        (await client.GetSchemaIdAsync("s", new Schema(otherwise, SchemaType.Avro), normalize: true)).ShouldBe(id);
        (await client.LookupSchemaAsync("s", new Schema(otherwise, SchemaType.Avro), ignoreDeletedSchemas: true, normalize: true)).Version.ShouldBe(1);
        (await client.GetSubjectVersionsAsync("s")).ShouldBe([1]);
    }

    [Fact]
    public async Task It_gets_a_schemas_GUID_and_finds_the_schema_by_it()
    {
        await using var registry = await RegistryServer.StartAsync(Options());
        using var client = Client(registry.Url);
        var registered = await client.RegisterSchemaWithResponseAsync("s", new Schema(Schema, SchemaType.Avro), normalize: false);
        // The MD5 hash of the schema's text, as md5sum has it.
        registered.Guid.ShouldBe("74eac7ad-f8e9-b2da-013c-1887a2f89163");
        (await client.GetRegisteredSchemaAsync("s", 1)).Guid.ShouldBe(registered.Guid);
        using var fresh = Client(registry.Url);
        (await fresh.GetSchemaByGuidAsync(registered.Guid, null)).SchemaString.ShouldBe(Schema);
    }

    [Fact]
    public async Task Its_serializers_name_a_schema_by_its_GUID_in_a_header()
    {
        await using var registry = await RegistryServer.StartAsync(Options());
        var schema = (Apache::RecordSchema)Apache::Schema.Parse("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""");
        var record = new GenericRecord(schema);
        record.Add("a", 7);
        var context = new SerializationContext(MessageComponentType.Value, "topic", new Headers());

        using var writing = Client(registry.Url);
        var bytes = await new AvroSerializer<GenericRecord>(writing, new AvroSerializerConfig { SchemaIdStrategy = SchemaIdSerializerStrategy.Header }).SerializeAsync(record, context);
        bytes.ShouldBe([14], "the payload is the record alone");
        using var reading = Client(registry.Url);
        (await new AvroDeserializer<GenericRecord>(reading).DeserializeAsync(bytes, isNull: false, context))["a"].ShouldBe(7);
    }

    [Fact]
    public async Task It_finds_the_latest_schema_with_given_metadata()
    {
        await using var registry = await RegistryServer.StartAsync(Options());
        using var client = Client(registry.Url);
        var next = Schema.Replace("[]", """[{"name":"a","type":"int","default":0}]""", StringComparison.Ordinal);
        foreach (var (text, major) in new[] { (Schema, "1"), (next, "2") })
        {
            var metadata = new Confluent.SchemaRegistry.Metadata(new Dictionary<string, ISet<string>>(), new Dictionary<string, string> { ["major"] = major }, new HashSet<string>());
            await client.RegisterSchemaAsync("s", new Schema(text, [], SchemaType.Avro, metadata, null));
        }
        var found = await client.GetLatestWithMetadataAsync("s", new Dictionary<string, string> { ["major"] = "1" }, ignoreDeletedSchemas: true);
        (found.Version, found.SchemaString, found.Metadata.Properties["major"]).ShouldBe((1, Schema, "1"));
    }

    [Fact]
    public async Task It_no_longer_finds_what_was_deleted_and_still_reads_its_id()
    {
        await using var registry = await RegistryServer.StartAsync(Options());
        using var client = Client(registry.Url);
        var id = await client.RegisterSchemaAsync("s", new Schema(Schema, SchemaType.Avro));
        await client.RegisterSchemaAsync("s", new Schema(Schema.Replace("[]", """[{"name":"a","type":"int","default":0}]""", StringComparison.Ordinal), SchemaType.Avro));
        using var http = new HttpClient();
        (await http.DeleteAsync(new Uri(registry.Url + "/subjects/s/versions/1"))).IsSuccessStatusCode.ShouldBeTrue();

        (await client.GetSubjectVersionsAsync("s")).ShouldBe([2]);
        (await Should.ThrowAsync<SchemaRegistryException>(() => client.GetRegisteredSchemaAsync("s", 1))).ErrorCode.ShouldBe(40402);
        using var fresh = Client(registry.Url);
        (await fresh.GetSchemaAsync(id)).SchemaString.ShouldBe(Schema);
    }

    public async ValueTask DisposeAsync()
    {
        await _broker!.DisposeAsync();
        _folder.Dispose();
    }

    private static CachedSchemaRegistryClient Client(string url, Certificate? trusted = null, string? credentials = null) =>
        new(new SchemaRegistryConfig { Url = url, SslCaLocation = trusted?.CertificateFile, BasicAuthUserInfo = credentials });

    private RegistryServerOptions Options() => new() { BootstrapServers = _broker!.BootstrapServers };
}
