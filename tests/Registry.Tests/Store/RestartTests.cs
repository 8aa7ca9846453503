using System.Text;
using Confluent.Kafka;
using Streaming.Fixtures;

namespace Streaming.Registry.Tests.Store;

public sealed class RestartTests(KafkaFixture kafka) : IClassFixture<KafkaFixture>
{
    private readonly string _topic = SomeNames.Name("_schemas");

    [Fact]
    public async Task Everything_is_as_it_was_after_a_restart()
    {
        var (v1, v2) = (SomeSchemas.Record("test.R", SomeSchemas.Id), SomeSchemas.Record("test.R", SomeSchemas.Id, SomeSchemas.Optional));
        int first, second;
        string[] paths = ["/subjects", "/subjects?deleted=true", "/subjects/a/versions/1", "/schemas", "/schemas?deleted=true", "/config", "/config/a", "/mode/b", "/schemas/ids/1", "/schemas/ids/2", "/subjects/refers/versions/1", "/subjects/b/versions/1/referencedby", "/subjects/contract/versions/1", "/config/contract"];
        string[] before;
        await using (var registry = await StartAsync())
        {
            using var calls = new RestCalls(registry.Url);
            first = await calls.RegisterAsync("a", v1);
            second = await calls.RegisterAsync("a", v2);
            await calls.RegisterAsync("b", v1);
            await calls.PostAsync("/subjects/refers/versions", """{"schema":"{\"type\":\"array\",\"items\":\"test.R\"}","references":[{"name":"test.R","subject":"b","version":1}]}""");
            await calls.PutAsync("/config/contract", """{"normalize":true,"compatibilityGroup":"major","defaultMetadata":{"properties":{"major":"1"}},"overrideRuleSet":{"domainRules":[{"name":"r","type":"CEL","expr":"true"}]}}""");
            await calls.RegisterAsync("contract", """{"type":"long","b":1,"a":{"d":1,"c":2}}""");
            await calls.RegisterAsync("gone", "\"int\"");
            await calls.PutAsync("/config/a", """{"compatibility":"FULL"}""");
            await calls.PutAsync("/config", """{"compatibility":"FORWARD"}""");
            await calls.PutAsync("/mode/b", """{"mode":"READONLY"}""");
            await calls.DeleteAsync("/subjects/a/versions/1");
            await calls.DeleteAsync("/subjects/gone");
            await calls.DeleteAsync("/subjects/gone?permanent=true");
            before = await AskAllAsync(calls, paths);
        }

        await using (var registry = await StartAsync())
        {
            using var calls = new RestCalls(registry.Url);
            (await AskAllAsync(calls, paths)).ShouldBe(before);
            (await calls.RegisterAsync("a", v2)).ShouldBe(second);
            (await calls.RegisterAsync("c", v1)).ShouldBe(first);
            (await calls.RegisterAsync("c2", "\"string\"")).ShouldBeGreaterThan(second + 1, "the deleted schema's id is not given again");
        }
    }

    [Fact]
    public async Task The_topic_holds_what_Confluents_registry_would_write()
    {
        await using (var registry = await StartAsync())
        {
            using var calls = new RestCalls(registry.Url);
            await calls.RegisterAsync("a", """{"type": "record", "name": "A", "doc": "Ä <&>", "fields": []}""");
            await calls.PutAsync("/config", """{"compatibility":"FULL"}""");
            await calls.PutAsync("/mode/a", """{"mode":"READWRITE"}""");
            await calls.DeleteAsync("/subjects/a");
            await calls.DeleteAsync("/subjects/a?permanent=true");
        }
        ReadTopic().ShouldBe(
        [
            ("""{"keytype":"SCHEMA","subject":"a","version":1,"magic":1}""",
             """{"subject":"a","version":1,"id":1,"schema":"{\"type\":\"record\",\"name\":\"A\",\"doc\":\"Ä <&>\",\"fields\":[]}","deleted":false}"""),
            ("""{"keytype":"CONFIG","subject":null,"magic":0}""", """{"compatibilityLevel":"FULL"}"""),
            ("""{"keytype":"MODE","subject":"a","magic":0}""", """{"mode":"READWRITE"}"""),
            ("""{"keytype":"DELETE_SUBJECT","subject":"a","magic":0}""", """{"subject":"a","version":1}"""),
            ("""{"keytype":"MODE","subject":"a","magic":0}""", null),
            ("""{"keytype":"SCHEMA","subject":"a","version":1,"magic":1}""", null),
        ]);
    }

    [Fact]
    public async Task A_topic_written_by_Confluents_registry_is_taken_over_and_foreign_records_are_left_alone()
    {
        await kafka.CreateTopicAsync(_topic, partitions: 1, new() { ["cleanup.policy"] = "compact" });
        await WriteAsync("""{"keytype":"NOOP","magic":0}""", null);
        await WriteAsync("""{"keytype":"SCHEMA","subject":"orders-value","version":1,"magic":1}""",
            """{"subject":"orders-value","version":1,"id":7,"md5":"abc","schema":"{\"type\":\"record\",\"name\":\"O\",\"fields\":[]}","deleted":false,"ts":1700000000000,"offset":1}""");
        await WriteAsync("""{"keytype":"SCHEMA","subject":"proto-value","version":1,"magic":1}""",
            """{"subject":"proto-value","version":1,"id":8,"schemaType":"PROTOBUF","schema":"syntax = \"proto3\";","deleted":false}""");
        await WriteAsync("""{"keytype":"CONTEXT","tenant":"x","context":".c","magic":0}""", """{"tenant":"x","context":".c"}""");
        await WriteAsync("no JSON at all", "{");
        await WriteAsync("""{"keytype":"SCHEMA","subject":"bad","version":-1,"magic":1}""", "{}");

        await using var registry = await StartAsync();
        using var calls = new RestCalls(registry.Url);
        (await calls.GetAsync("/subjects")).ShouldBeJson("""["orders-value","proto-value"]""");
        var foreign = (await calls.GetAsync("/schemas/ids/8")).Json!;
        (foreign["schemaType"]!.GetValue<string>(), foreign["schema"]!.GetValue<string>()).ShouldBe(("PROTOBUF", "syntax = \"proto3\";"));
        (await calls.RegisterAsync("orders-value", """{"type":"record","name":"O","fields":[]}""")).ShouldBe(7);
        (await calls.PostSchemaAsync("/subjects/proto-value/versions", "\"int\"")).ShouldBeError(409);
        (await calls.RegisterAsync("next", "\"int\"")).ShouldBe(9);
    }

    [Fact]
    public async Task A_topic_that_would_forget_schemas_is_refused()
    {
        await kafka.CreateTopicAsync(_topic, partitions: 1, new() { ["cleanup.policy"] = "delete" });
        (await Should.ThrowAsync<Exception>(StartAsync)).Message.ShouldContain("cleanup.policy");
    }

    [Fact]
    public async Task Outside_loopback_it_asks_for_a_password()
    {
        var open = new RegistryServerOptions { BootstrapServers = kafka.BootstrapServers, Topic = _topic, Url = "http://0.0.0.0:0" };
        (await Should.ThrowAsync<InvalidOperationException>(() => RegistryServer.StartAsync(open))).Message.ShouldContain("Registry:Password");
    }

    [Fact]
    public async Task With_a_password_only_its_owner_is_answered()
    {
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions
        {
            BootstrapServers = kafka.BootstrapServers, Topic = _topic, UserName = "me", Password = "secret",
        });
        using var calls = new RestCalls(registry.Url);
        (await calls.GetAsync("/subjects")).ShouldBeError(40101);
        (await calls.SendAsync(HttpMethod.Get, "/subjects", credentials: "me:wrong")).ShouldBeError(40101);
        (await calls.SendAsync(HttpMethod.Get, "/subjects", credentials: "me:secret")).ShouldBeJson("[]");
    }

    private Task<RegistryServer> StartAsync() =>
        RegistryServer.StartAsync(new RegistryServerOptions { BootstrapServers = kafka.BootstrapServers, Topic = _topic });

    private static async Task<string[]> AskAllAsync(RestCalls calls, string[] paths)
    {
        var answers = new List<string>();
        foreach (var path in paths)
            answers.Add($"{path}: {(await calls.GetAsync(path)).Text}");
        return [.. answers];
    }

    private async Task WriteAsync(string key, string? value)
    {
        using var producer = new ProducerBuilder<string, byte[]?>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        await producer.ProduceAsync(_topic, new Message<string, byte[]?> { Key = key, Value = value is null ? null : Encoding.UTF8.GetBytes(value) });
    }

    private List<(string Key, string? Value)> ReadTopic()
    {
        using var consumer = new ConsumerBuilder<string, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers, GroupId = "reader", EnablePartitionEof = true, EnableAutoCommit = false,
        }).Build();
        consumer.Assign(new TopicPartitionOffset(_topic, 0, Offset.Beginning));
        var records = new List<(string, string?)>();
        while (true)
        {
            var read = consumer.Consume(Eventually.DefaultDeadline) ?? throw new TimeoutException($"{_topic} has no end.");
            if (read.IsPartitionEOF)
                return records;
            records.Add((read.Message.Key, read.Message.Value is null ? null : Encoding.UTF8.GetString(read.Message.Value)));
        }
    }
}
