using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests;

/// <summary>Topics, partitions, settings and records as administrators see and change them.</summary>
public abstract class AdminSuite(KafkaFixture kafka)
{
    private readonly string _topic = SomeNames.Name("admin");

    [ConformanceFact]
    public async Task A_topic_is_created_described_grown_and_deleted()
    {
        using var admin = Clients.Admin(kafka.BootstrapServers);
        await kafka.CreateTopicAsync(_topic, partitions: 2);
        var described = await DescribeAsync(admin);
        described.Partitions.Count.ShouldBe(2);
        described.TopicId.ToString().ShouldNotBe(new Uuid(0, 0).ToString());
        described.IsInternal.ShouldBeFalse();

        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = _topic, IncreaseTo = 5 }]);
        await Eventually.Async(async () => (await DescribeAsync(admin)).Partitions.Count == 5, Clients.Deadline, "there are 5 partitions");
        await admin.DeleteTopicsAsync([_topic]);
        await Eventually.Async(
            () => admin.GetMetadata(_topic, Clients.Deadline).Topics[0].Error.Code == ErrorCode.UnknownTopicOrPart, "the topic is gone");
    }

    [ConformanceFact]
    public async Task Every_topic_is_listed_to_admins_and_consumers_alike()
    {
        await kafka.CreateTopicAsync(_topic, partitions: 3);
        using var admin = Clients.Admin(kafka.BootstrapServers);
        using var consumer = Clients.Consumer(kafka.BootstrapServers);
        using var throughConsumer = new DependentAdminClientBuilder(consumer.Handle).Build();
        foreach (var client in new[] { admin, throughConsumer })
            client.GetMetadata(Clients.Deadline).Topics.Single(topic => topic.Topic == _topic).Partitions.Count.ShouldBe(3);
    }

    [ConformanceFact]
    public async Task A_topic_made_again_has_another_id_and_none_of_the_old_records()
    {
        using var admin = Clients.Admin(kafka.BootstrapServers);
        await kafka.CreateTopicAsync(_topic);
        var before = (await DescribeAsync(admin)).TopicId.ToString();
        using (var producer = Clients.Idempotent(kafka.BootstrapServers))
            await producer.ProduceAsync(_topic, Clients.Message("old"));
        await admin.DeleteTopicsAsync([_topic]);
        await Eventually.Async(() => TryCreate(), Clients.Deadline, "the topic can be made again");
        (await DescribeAsync(admin)).TopicId.ToString().ShouldNotBe(before);
        Clients.ReadAll(kafka.BootstrapServers, _topic).ShouldBeEmpty();

        async Task<bool> TryCreate()
        {
            try
            {
                await kafka.CreateTopicAsync(_topic);
                return true;
            }
            catch (CreateTopicsException refused) when (refused.Results[0].Error.Code == ErrorCode.TopicAlreadyExists)
            {
                return false;
            }
        }
    }

    [ConformanceFact]
    public async Task What_cannot_be_a_topic_is_refused_with_the_protocols_error()
    {
        await kafka.CreateTopicAsync(_topic);
        await ExpectRefusalAsync(new TopicSpecification { Name = _topic, NumPartitions = 1, ReplicationFactor = 1 }, ErrorCode.TopicAlreadyExists);
        await ExpectRefusalAsync(new TopicSpecification { Name = "no spaces", NumPartitions = 1, ReplicationFactor = 1 }, ErrorCode.TopicException);
        await ExpectRefusalAsync(new TopicSpecification { Name = _topic + "-0", NumPartitions = 0, ReplicationFactor = 1 }, ErrorCode.InvalidPartitions);
        await ExpectRefusalAsync(new TopicSpecification { Name = _topic + "-r", NumPartitions = 1, ReplicationFactor = 7 }, ErrorCode.InvalidReplicationFactor);
        await ExpectRefusalAsync(
            new TopicSpecification { Name = _topic + "-c", NumPartitions = 1, ReplicationFactor = 1, Configs = new() { ["retention.ms"] = "soon" } },
            ErrorCode.InvalidConfig);
        await ExpectRefusalAsync(
            new TopicSpecification { Name = _topic + "-u", NumPartitions = 1, ReplicationFactor = 1, Configs = new() { ["no.such.setting"] = "1" } },
            ErrorCode.InvalidConfig);
        await ExpectRefusalAsync(
            new TopicSpecification
            {
                Name = _topic + "-l", NumPartitions = 1, ReplicationFactor = 1, Configs = new() { ["min.compaction.lag.ms"] = "2", ["max.compaction.lag.ms"] = "1" },
            },
            ErrorCode.InvalidConfig);
    }

    [ConformanceFact]
    public async Task Settings_that_contradict_each_other_are_refused_whichever_of_them_comes_last()
    {
        using var admin = Clients.Admin(kafka.BootstrapServers);
        await kafka.CreateTopicAsync(_topic, configs: new() { ["max.compaction.lag.ms"] = "1000" });
        var resource = new ConfigResource { Type = ResourceType.Topic, Name = _topic };

        (await RefusedAsync(("min.compaction.lag.ms", "1001"))).ShouldContain("conflict topic config setting min.compaction.lag.ms (1001) > max.compaction.lag.ms (1000)");
        await AlterAsync(("min.compaction.lag.ms", "1000"));
        (await RefusedAsync(("max.compaction.lag.ms", "999"))).ShouldContain("(1000) > max.compaction.lag.ms (999)");
        await AlterAsync(("max.compaction.lag.ms", "3000"), ("min.compaction.lag.ms", "2000"));

        Task AlterAsync(params (string Name, string Value)[] settings) => admin.IncrementalAlterConfigsAsync(new()
        {
            [resource] = [.. settings.Select(setting => new ConfigEntry { Name = setting.Name, Value = setting.Value, IncrementalOperation = AlterConfigOpType.Set })],
        });

        async Task<string> RefusedAsync(params (string Name, string Value)[] settings)
        {
            var refused = (await Should.ThrowAsync<IncrementalAlterConfigsException>(() => AlterAsync(settings))).Results[0].Error;
            refused.Code.ShouldBe(ErrorCode.InvalidConfig, refused.Reason);
            return refused.Reason;
        }
    }

    [ConformanceFact]
    public async Task Settings_are_shown_with_their_source_and_can_be_altered()
    {
        using var admin = Clients.Admin(kafka.BootstrapServers);
        await kafka.CreateTopicAsync(_topic, configs: new() { ["cleanup.policy"] = "compact" });
        var resource = new ConfigResource { Type = ResourceType.Topic, Name = _topic };
        var before = await SettingsAsync();
        (before["cleanup.policy"].Value, before["cleanup.policy"].Source).ShouldBe(("compact", ConfigSource.DynamicTopicConfig));
        (before["retention.ms"].Value, before["retention.ms"].IsDefault).ShouldBe(("604800000", true));

        await AlterAsync("retention.ms", AlterConfigOpType.Set, "1234567");
        await AlterAsync("cleanup.policy", AlterConfigOpType.Append, "delete");
        await ShowsAsync("retention.ms", "1234567");
        await ShowsAsync("cleanup.policy", "compact,delete");
        await AlterAsync("retention.ms", AlterConfigOpType.Delete, null);
        await ShowsAsync("retention.ms", "604800000");
        await Should.ThrowAsync<IncrementalAlterConfigsException>(() => AlterAsync("retention.ms", AlterConfigOpType.Set, "never"));

        // A cluster passes a change on to its brokers after it has answered.
        Task ShowsAsync(string name, string value) =>
            Eventually.Async(async () => (await SettingsAsync())[name].Value == value, Clients.Deadline, $"{name} is {value}");

        async Task<Dictionary<string, ConfigEntryResult>> SettingsAsync() => (await admin.DescribeConfigsAsync([resource]))[0].Entries;

        Task AlterAsync(string name, AlterConfigOpType operation, string? value) => admin.IncrementalAlterConfigsAsync(new()
        {
            [resource] = [new ConfigEntry { Name = name, Value = value, IncrementalOperation = operation }],
        });
    }

    [ConformanceFact]
    public async Task Deleted_records_are_gone_and_offsets_go_on()
    {
        await kafka.CreateTopicAsync(_topic);
        using var producer = Clients.Idempotent(kafka.BootstrapServers);
        for (var i = 0; i < 10; i++)
            await producer.ProduceAsync(_topic, Clients.Message($"{i}"));
        using var admin = Clients.Admin(kafka.BootstrapServers);
        var deleted = await admin.DeleteRecordsAsync([new TopicPartitionOffset(_topic, 0, 7)]);
        deleted[0].Offset.Value.ShouldBe(7);
        Clients.ReadAll(kafka.BootstrapServers, _topic).ShouldBe(["7", "8", "9"]);
        (await producer.ProduceAsync(_topic, Clients.Message("10"))).Offset.Value.ShouldBe(10);
    }

    [ConformanceFact]
    public async Task The_cluster_names_itself_and_its_nodes()
    {
        using var admin = Clients.Admin(kafka.BootstrapServers);
        var cluster = await admin.DescribeClusterAsync();
        cluster.ClusterId.Length.ShouldBe(22);
        cluster.Nodes.ShouldNotBeEmpty();
        cluster.Controller.ShouldNotBeNull();
    }

    private static async Task<TopicDescription> DescribeAsync(IAdminClient admin, string topic) =>
        (await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic]))).TopicDescriptions[0];

    private Task<TopicDescription> DescribeAsync(IAdminClient admin) => DescribeAsync(admin, _topic);

    private async Task ExpectRefusalAsync(TopicSpecification topic, ErrorCode expected)
    {
        using var admin = Clients.Admin(kafka.BootstrapServers);
        var refused = await Should.ThrowAsync<CreateTopicsException>(() => admin.CreateTopicsAsync([topic]));
        refused.Results[0].Error.Code.ShouldBe(expected, refused.Results[0].Error.Reason);
    }
}

public sealed class EmbeddedAdminTests(EmbeddedKafkaFixture kafka) : AdminSuite(kafka), IClassFixture<EmbeddedKafkaFixture>;

[Needs(RealServer.Kafka)]
public sealed class RealAdminTests(RealKafkaFixture kafka) : AdminSuite(kafka), IClassFixture<RealKafkaFixture>;
