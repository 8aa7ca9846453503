using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Fixtures;

namespace Streaming.Registry.Tests.Store;

/// <summary>The registry's topic is compacted by whatever broker it is on: what is left says the same.</summary>
public sealed class CompactionTests(KafkaFixture kafka) : IClassFixture<KafkaFixture>
{
    private const int Subjects = 4;
    private const int Versions = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string _topic = SomeNames.Name("_schemas");

    [Fact]
    public async Task Subjects_versions_and_ids_are_the_same_after_compaction_and_a_restart()
    {
        List<string> before;
        await using (var registry = await StartAsync())
        {
            using var calls = new RestCalls(registry.Url);
            await FillAsync(calls);
            before = await AnswersAsync(calls);
            await CompactAsync(calls);
            (await AnswersAsync(calls)).ShouldBe(before, "while it runs");
        }

        await using (var registry = await StartAsync())
        {
            using var calls = new RestCalls(registry.Url);
            (await AnswersAsync(calls)).ShouldBe(before, "after a restart");
            var ids = new HashSet<int>();
            for (var version = 1; version <= Versions; version++)
                ids.Add(await calls.RegisterAsync("again", Schema(0, version)));
            before.ShouldContain($"/subjects/s0/versions/{Versions}: {(await calls.GetAsync($"/subjects/s0/versions/{Versions}")).Text}");
            (await calls.RegisterAsync("s0", Schema(0, Versions))).ShouldBe(ids.Max(), "the same schema has the same id under any subject");
            (await calls.RegisterAsync("new", "\"string\"")).ShouldBeGreaterThan(Subjects * Versions, "ids go on where they were");
        }
    }

    // What Confluent's registry knows of: versions that are deleted softly and for good, one and all of them, registered again, levels and modes set often.
    private static async Task FillAsync(RestCalls calls)
    {
        // The one that is deleted for good first: an id is given again when nothing of it, nor of a later one, is left, as by Confluent's.
        for (var subject = Subjects - 1; subject >= 0; subject--)
        {
            for (var version = 1; version <= Versions; version++)
                await calls.RegisterAsync($"s{subject}", Schema(subject, version));
        }
        foreach (var version in new[] { 3, 1, 7 })
            await calls.DeleteAsync($"/subjects/s1/versions/{version}");
        await calls.DeleteAsync("/subjects/s1/versions/3?permanent=true");
        await calls.DeleteAsync("/subjects/s2");
        await calls.RegisterAsync("s2", Schema(2, 5));
        await calls.DeleteAsync("/subjects/s3");
        await calls.DeleteAsync("/subjects/s3?permanent=true");
        foreach (var level in new[] { "FULL", "BACKWARD", "NONE", "FULL_TRANSITIVE" })
            await calls.PutAsync("/config/s0", $$"""{"compatibility":"{{level}}"}""");
        await calls.PutAsync("/mode/s1", """{"mode":"READONLY"}""");
        await calls.PutAsync("/mode/s1", """{"mode":"READWRITE"}""");
        await calls.PutAsync("/mode/s2", """{"mode":"READONLY"}""");
    }

    private static async Task<List<string>> AnswersAsync(RestCalls calls)
    {
        var paths = new List<string> { "/subjects", "/subjects?deleted=true", "/schemas", "/schemas?deleted=true" };
        foreach (var subject in Enumerable.Range(0, Subjects).Select(i => $"s{i}"))
        {
            paths.AddRange([$"/config/{subject}", $"/mode/{subject}", $"/subjects/{subject}/versions", $"/subjects/{subject}/versions?deleted=true"]);
            paths.AddRange(Enumerable.Range(1, Versions + 1).Select(version => $"/subjects/{subject}/versions/{version}"));
        }
        paths.AddRange(Enumerable.Range(1, Subjects * Versions).SelectMany(id => new[] { $"/schemas/ids/{id}", $"/schemas/ids/{id}/versions" }));
        var answers = new List<string>();
        foreach (var path in paths)
            answers.Add($"{path}: {(await calls.GetAsync(path)).Text}");
        return answers;
    }

    private async Task CompactAsync(RestCalls calls)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        await admin.IncrementalAlterConfigsAsync(new()
        {
            [new ConfigResource { Type = ResourceType.Topic, Name = _topic }] =
            [
                .. new[] { ("segment.ms", "100"), ("min.cleanable.dirty.ratio", "0.01"), ("delete.retention.ms", "0") }
                    .Select(setting => new ConfigEntry { Name = setting.Item1, Value = setting.Item2, IncrementalOperation = AlterConfigOpType.Set }),
            ],
        });
        // A segment is closed by an append that comes when it is old enough; a level that is set to what it is changes nothing else.
        await Eventually.Async(async () =>
        {
            await calls.PutAsync("/config/s0", """{"compatibility":"FULL_TRANSITIVE"}""");
            var keys = Keys();
            return keys.Where(key => !key.Contains("CONFIG", StringComparison.Ordinal)).GroupBy(key => key).All(key => key.Count() == 1)
                && !keys.Exists(key => key.Contains("\"subject\":\"s3\"", StringComparison.Ordinal) && key.Contains("SCHEMA", StringComparison.Ordinal));
        }, Patience, "each key is there once, and what was deleted for good is not");
    }

    private List<string> Keys()
    {
        using var consumer = new ConsumerBuilder<string, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers, GroupId = "unused", EnablePartitionEof = true, EnableAutoCommit = false, FetchWaitMaxMs = 10,
        }).Build();
        consumer.Assign(new TopicPartitionOffset(_topic, 0, Offset.Beginning));
        var keys = new List<string>();
        while (true)
        {
            var read = consumer.Consume(Eventually.DefaultDeadline) ?? throw new TimeoutException($"{_topic} has no end.");
            if (read.IsPartitionEOF)
                return keys;
            keys.Add(read.Message.Key);
        }
    }

    private Task<RegistryServer> StartAsync() =>
        RegistryServer.StartAsync(new RegistryServerOptions { BootstrapServers = kafka.BootstrapServers, Topic = _topic });

    // Each version has one more optional field.
    private static string Schema(int subject, int version) => SomeSchemas.Record(
        $"test.R{subject}", [SomeSchemas.Id, .. Enumerable.Range(2, version - 1).Select(i => $$"""{"name":"f{{i}}","type":["null","string"],"default":null}""")]);
}
