// A broker and a schema registry in this process; records in Confluent's wire format, under schemas that the registry knows.
using System.Buffers.Binary;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using Sample;
using Streaming.Avro;
using Streaming.Broker;
using Streaming.Registry;

var folder = Directory.CreateTempSubdirectory("registry-sample-").FullName;
await using (var broker = await EmbeddedBroker.StartAsync(new BrokerOptions { DataDirectory = folder, AutoCreateTopics = true }))
await using (var registry = await RegistryServer.StartAsync(new RegistryServerOptions { BootstrapServers = broker.BootstrapServers }))
{
    using var http = new HttpClient { BaseAddress = new Uri(registry.Url) };
    foreach (var version in Person.RecordType.Versions)
        Console.WriteLine($"registered as id {await RegisterAsync(http, "people-value", version.ToString())}");
    var id = await RegisterAsync(http, "people-value", Person.RecordType.Schema.ToString());

    using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).Build();
    var frame = AvroEncoding.EncodeToArray(new Person("Ada", new DateOnly(1815, 12, 10), null), prefixBytes: 5);
    BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), id);
    var stored = await producer.ProduceAsync("people", new Message<Null, byte[]> { Value = frame });
    Console.WriteLine($"written to {stored.TopicPartitionOffset}");

    var breaking = """{"type": "record", "name": "Person", "namespace": "sample", "fields": [{"name": "shoeSize", "type": "int"}]}""";
    using var refused = await http.PostAsJsonAsync("/subjects/people-value/versions", new { schema = breaking });
    Console.WriteLine($"a breaking schema is answered with {(int)refused.StatusCode}");
}
Directory.Delete(folder, recursive: true);

static async Task<int> RegisterAsync(HttpClient http, string subject, string schema)
{
    using var answer = await http.PostAsJsonAsync($"/subjects/{subject}/versions", new { schema });
    return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["id"]!.GetValue<int>();
}
