using System.Globalization;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests.OtherClients;

/// <summary>Apache Kafka's own command-line tools, and so the Java client, work unchanged.</summary>
public abstract class KafkaToolsSuite(KafkaFixture kafka)
{
    private const int Records = 500;
    private readonly string _name = SomeNames.Name("tools");

    [ConformanceFact]
    public async Task Topics_and_their_settings_are_made_changed_and_deleted()
    {
        await RunAsync("topics", "--create", "--topic", _name, "--partitions", "2", "--config", "retention.ms=3600000");
        await RunAsync("topics", "--alter", "--topic", _name, "--partitions", "3");
        await RunAsync("configs", "--alter", "--topic", _name, "--add-config", "retention.ms=7200000");
        (await RunAsync("topics", "--describe", "--topic", _name)).ShouldContain("PartitionCount: 3");
        (await RunAsync("configs", "--describe", "--topic", _name)).ShouldContain("retention.ms=7200000");
        (await RealServers.KafkaToolAsync(
            "tool", "org.apache.kafka.tools.LogDirsCommand", "--bootstrap-server", kafka.BootstrapServers, "--describe", "--topic-list", _name))
            .ShouldContain($"\"partition\":\"{_name}-2\"");
        await RunAsync("topics", "--delete", "--topic", _name);
        (await RunAsync("topics", "--list")).Split('\n').ShouldNotContain(_name);
    }

    [ConformanceFact]
    public async Task Verifiable_clients_agree_and_groups_are_described_reset_and_deleted()
    {
        await kafka.CreateTopicAsync(_name, partitions: 2);
        var count = Records.ToString(CultureInfo.InvariantCulture);
        (await RunAsync("verifiable-producer", "--topic", _name, "--max-messages", count, "--acks", "-1")).ShouldContain($"\"acked\":{count}");
        var consumed = await RunAsync("verifiable-consumer", "--topic", _name, "--group-id", _name, "--max-messages", count, "--reset-policy", "earliest");
        CountConsumed(consumed).ShouldBe(Records);

        Numbers(await RunAsync("get-offsets", "--topic", _name)).Sum().ShouldBe(Records);
        (await RunAsync("groups", "--list")).Split('\n').ShouldContain(_name);
        (await RunAsync("groups", "--describe", "--group", _name, "--state")).ShouldContain("Empty");
        await RunAsync("groups", "--group", _name, "--topic", _name, "--reset-offsets", "--to-offset", "7", "--execute");
        (await RunAsync("groups", "--describe", "--group", _name)).ShouldMatch($@"{_name}\s+{_name}\s+\d\s+7\s");
        await RunAsync("groups", "--delete-offsets", "--group", _name, "--topic", _name);
        await RunAsync("groups", "--delete", "--group", _name);
    }

    [ConformanceFact]
    public async Task Consumers_of_the_new_protocol_read_and_their_groups_are_described()
    {
        await kafka.CreateTopicAsync(_name, partitions: 2);
        var count = Records.ToString(CultureInfo.InvariantCulture);
        await RunAsync("verifiable-producer", "--topic", _name, "--max-messages", count, "--acks", "-1");
        CountConsumed(await RunAsync(
            "verifiable-consumer", "--topic", _name, "--group-id", _name, "--group-protocol", "consumer", "--max-messages", count, "--reset-policy", "earliest")).ShouldBe(Records);
        (await RunAsync("consumer-perf", "--topic", _name, "--group", $"{_name}-perf", "--command-property", "group.protocol=consumer", "--num-records", count)).ShouldContain("MB.sec");
        (await RunAsync("console-consumer", "--topic", _name, "--group", $"{_name}-console", "--command-property", "group.protocol=consumer", "--from-beginning", "--max-messages", count))
            .ShouldContain($"Processed a total of {count} messages");

        using var member = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = _name, GroupProtocol = GroupProtocol.Consumer }).Build();
        member.Subscribe(_name);
        await Eventually.Async(() => member.Consume(TimeSpan.Zero) is null && member.Assignment.Count == 2, Clients.Deadline, "an assignment");
        (await RunAsync("groups", "--describe", "--group", _name, "--state", "--verbose")).ShouldMatch(@"uniform\s+Stable\s");
        (await RunAsync("groups", "--describe", "--group", _name, "--members", "--verbose")).ShouldContain($"{_name}:0,1");
        (await RunAsync("groups", "--describe", "--group", _name)).ShouldMatch($@"{_name}\s+{_name}\s+\d\s+\d+\s+\d+\s+0\s");
        (await RealServers.KafkaToolAsync("tool", "org.apache.kafka.tools.GroupsCommand", "--bootstrap-server", kafka.BootstrapServers, "--list", "--group-type", "consumer"))
            .ShouldMatch($@"{_name}\s+Consumer\s+consumer");
        member.Close();
        await RunAsync("groups", "--group", _name, "--topic", _name, "--reset-offsets", "--to-offset", "7", "--execute");
        await RunAsync("groups", "--delete", "--group", _name);
    }

    [ConformanceFact]
    public async Task Settings_of_groups_are_altered_listed_and_described()
    {
        const string Session = "consumer.session.timeout.ms";
        await RunAsync("configs", "--alter", "--entity-type", "groups", "--entity-name", _name, "--add-config", $"{Session}=50000");
        (await RunAsync("configs", "--describe", "--entity-type", "groups", "--entity-name", _name)).ShouldContain($"{Session}=50000");
        (await RunAsync("configs", "--describe", "--entity-type", "groups")).ShouldContain(_name);
        (await RunAsync("configs", "--describe", "--entity-type", "groups", "--entity-name", _name, "--all")).ShouldContain("consumer.heartbeat.interval.ms=200");
        await RunAsync("configs", "--alter", "--entity-type", "groups", "--entity-name", _name, "--delete-config", Session);
        (await RunAsync("configs", "--describe", "--entity-type", "groups", "--entity-name", _name)).ShouldNotContain(Session);
    }

    [ConformanceFact]
    public async Task A_classic_consumer_goes_on_in_a_group_of_the_new_protocol()
    {
        await kafka.CreateTopicAsync(_name, partitions: 2);
        var count = Records.ToString(CultureInfo.InvariantCulture);
        var classic = RunAsync(
            "verifiable-consumer", "--topic", _name, "--group-id", _name, "--max-messages", count, "--reset-policy", "earliest",
            "--assignment-strategy", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
        using var admin = Clients.Admin(kafka.BootstrapServers);
        await Eventually.Async(
            async () => (await admin.ListConsumerGroupsAsync()).Valid.Any(group => group.GroupId == _name && group.State == ConsumerGroupState.Stable), Clients.Deadline, "the classic consumer is in its group");
        using var member = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers, GroupId = _name, GroupProtocol = GroupProtocol.Consumer, AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        member.Subscribe(_name);
        await Eventually.Async(() => member.Consume(TimeSpan.Zero) is null && member.Assignment.Count == 1, Clients.Deadline, "one partition each");

        using (var producer = Clients.Idempotent(kafka.BootstrapServers))
            await Task.WhenAll(Enumerable.Range(0, 2 * Records).Select(i => producer.ProduceAsync(new TopicPartition(_name, i % 2), Clients.Message($"{i}"))));

        CountConsumed(await classic).ShouldBeGreaterThanOrEqualTo(Records);
        member.Close();
    }

    [ConformanceFact]
    public async Task Measuring_clients_and_transactions_work()
    {
        const string Count = "20000";
        await kafka.CreateTopicAsync(_name);
        string[] produce = ["producer-perf", "--topic", _name, "--num-records", Count, "--record-size", "100", "--throughput", "-1"];
        (await RunAsync(produce)).ShouldContain($"{Count} records sent");
        (await RunAsync([.. produce, "--transactional-id", _name, "--transaction-duration-ms", "100"])).ShouldContain($"{Count} records sent");
        (await RunAsync("consumer-perf", "--topic", _name, "--num-records", Count)).ShouldContain("MB.sec");

        (await RunAsync("transactions", "list")).ShouldContain(_name);
        // The second protocol: an epoch for each transaction of a tenth of a second, which the third column tells.
        (await RunAsync("transactions", "describe", "--transactional-id", _name)).ShouldMatch($@"\s{_name}\s+\d+\s+[1-9]\d*\s+CompleteCommit");
        (await RunAsync("transactions", "describe-producers", "--topic", _name, "--partition", "0")).ShouldContain("ProducerId");
    }

    [ConformanceFact]
    public async Task The_second_transaction_protocol_is_offered() =>
        (await RunAsync("features", "describe")).ShouldMatch(@"transaction\.version\s+SupportedMinVersion: 0\s+SupportedMaxVersion: 2\s+FinalizedVersionLevel: 2");

    private Task<string> RunAsync(string tool, params string[] arguments) =>
        RealServers.KafkaToolAsync([tool, "--bootstrap-server", kafka.BootstrapServers, .. arguments]);

    private Task<string> RunAsync(string[] toolAndArguments) => RunAsync(toolAndArguments[0], toolAndArguments[1..]);

    /// <summary>The last column of <c>topic:partition:offset</c> lines.</summary>
    private static IEnumerable<int> Numbers(string offsets) =>
        offsets.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line.Split(':')[^1], CultureInfo.InvariantCulture));

    /// <summary>Among what the verifiable consumer tells, a line of JSON each: how many records came.</summary>
    private static int CountConsumed(string events) =>
        events.Split('\n').Where(line => line.Contains("\"records_consumed\"", StringComparison.Ordinal)).Sum(line => JsonNode.Parse(line)!["count"]!.GetValue<int>());
}

/// <summary>Each tool starts a Java machine: two dozen of them take a minute, and more beside others.</summary>
[Needs(RealServer.KafkaTools)]
[Trait("Run", "soak")]
public sealed class EmbeddedKafkaToolsTests(EmbeddedKafkaFixture kafka) : KafkaToolsSuite(kafka), IClassFixture<EmbeddedKafkaFixture>;

[Needs(RealServer.KafkaTools)]
[Needs(RealServer.Kafka)]
[Trait("Run", "soak")]
public sealed class RealKafkaToolsTests(RealKafkaFixture kafka) : KafkaToolsSuite(kafka), IClassFixture<RealKafkaFixture>;
