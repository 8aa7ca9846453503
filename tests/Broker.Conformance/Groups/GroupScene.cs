using Confluent.Kafka;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests.Groups;

/// <summary>A topic and a group of a test's own, and the clients that work on them.</summary>
internal sealed class GroupScene : IDisposable
{
    /// <summary>How long a rebalance may take: it waits for heartbeats, and for the sessions of the dead.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly List<IDisposable> _clients = [];
    private readonly string _bootstrapServers;

    private readonly GroupProtocol _protocol;

    private GroupScene(string bootstrapServers, GroupProtocol protocol, string topic)
    {
        (_bootstrapServers, _protocol, Topic, Group) = (bootstrapServers, protocol, topic, SomeNames.Name("group"));
        Admin = Own(Clients.Admin(bootstrapServers));
    }

    public string Topic { get; }
    public string Group { get; }
    public IAdminClient Admin { get; }

    /// <summary>Who of the members that joined here has what.</summary>
    public PartitionOwners Owners { get; } = new();

    public static Task<GroupScene> CreateAsync(KafkaFixture kafka, GroupProtocol protocol) => CreateAsync(kafka.BootstrapServers, protocol);

    public static async Task<GroupScene> CreateAsync(string bootstrapServers, GroupProtocol protocol)
    {
        var scene = new GroupScene(bootstrapServers, protocol, SomeNames.Name("orders"));
        await NewTopic.CreateAsync(bootstrapServers, scene.Topic, partitions: 4);
        return scene;
    }

    public TopicPartition Partition(int partition) => new(Topic, partition);

    /// <param name="strategy">Of the classic protocol; in the new one the coordinator assigns.</param>
    /// <param name="protocol">Null for the scene's.</param>
    public ConsumerConfig ConsumerConfig(
        PartitionAssignmentStrategy strategy = PartitionAssignmentStrategy.Range, string? instance = null, GroupProtocol? protocol = null)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = _bootstrapServers,
            GroupId = Group,
            GroupInstanceId = instance,
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            IsolationLevel = IsolationLevel.ReadCommitted,
        };
        if ((protocol ?? _protocol) == GroupProtocol.Consumer)
        {
            config.GroupProtocol = GroupProtocol.Consumer;
            // Soon told of topics that come and go.
            config.TopicMetadataRefreshIntervalMs = 500;
            return config;
        }

        config.PartitionAssignmentStrategy = strategy;
        // The shortest that brokers accept by default, so that the dead are found while a test can wait.
        config.SessionTimeoutMs = 6_000;
        config.HeartbeatIntervalMs = 200;
        return config;
    }

    public GroupMember Join(PartitionAssignmentStrategy strategy = PartitionAssignmentStrategy.Range, string? instance = null) =>
        Join(ConsumerConfig(strategy, instance));

    public GroupMember Join(ConsumerConfig config, string? topic = null) => Own(new GroupMember(config, topic ?? Topic, Owners));

    public IConsumer<byte[], byte[]> Consumer() => Own(new ConsumerBuilder<byte[], byte[]>(ConsumerConfig()).SetLogHandler(Clients.Silent).Build());

    public IProducer<string, string> Transactions(string? transactionalId = null)
    {
        var producer = Own(Clients.Transactional(_bootstrapServers, transactionalId ?? SomeNames.Name("transfer"), timeoutMs: 60_000));
        producer.InitTransactions(Clients.Deadline);
        return producer;
    }

    /// <summary>What the group has committed in a partition, as an admin sees it; null for nothing.</summary>
    public async Task<long?> CommittedAsync(int partition = 0)
    {
        var results = await Admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(Group, [Partition(partition)])]);
        var offset = results.Single().Partitions.Single().Offset;
        return offset == Offset.Unset ? null : offset.Value;
    }

    public void Dispose()
    {
        for (var i = _clients.Count - 1; i >= 0; i--)
            _clients[i].Dispose();
    }

    private T Own<T>(T client)
        where T : IDisposable
    {
        _clients.Add(client);
        return client;
    }
}
