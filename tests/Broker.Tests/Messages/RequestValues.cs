using Streaming.Broker.Records;
using Streaming.Broker.Tests.Log;

namespace Streaming.Broker.Tests.Messages;

/// <summary>What requests say: mostly what the broker knows and takes, so that they get far. They name the topics, groups and transactions given, and no others.</summary>
internal sealed class RequestValues(Random random, IReadOnlyList<string> topics, IReadOnlyList<string> groups, IReadOnlyList<string> transactionalIds)
{
    private static readonly string[] OddTexts = ["", ".", "..", "../../etc", "\0", "(", "\u00e4\ud83d\ude00", new('x', 250), new('x', 32_767)];
    private static readonly long[] OddNumbers = [-2, -1, 0, 1, 255, 32_767, 1_000_000, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue];
    private static readonly string[] MemberIds = ["", "member"];
    private static readonly string[] InstanceIds = ["instance", "other-instance"];
    private static readonly string[] SettingNames = ["retention.ms", "cleanup.policy", "segment.bytes", "max.message.bytes", "message.timestamp.type", "flush.messages", "consumer.session.timeout.ms", "no.such.setting"];
    private static readonly string[] SettingValues = ["1", "50000", "100000", "compact", "delete", "compact,delete", "LogAppendTime", "-1", ""];

    private static readonly long[] ResourceTypes = [2, 4, 32];   // Topics, brokers, groups.

    // A subscription of no topics in version 0, and an assignment of none.
    private static readonly byte[] NoTopics = [0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF];

    /// <summary>Of so many values one is what no client would say; 0: none is.</summary>
    public int OneInOdd { get; set; }

    /// <summary>Ids of topics that there are, for requests that name topics by id.</summary>
    public List<Guid> TopicIds { get; } = [];

    /// <summary>Producer ids that were given.</summary>
    public List<long> ProducerIds { get; } = [];

    public string Text(MessageField field) => IsOdd() ? Pick(OddTexts) : (field.EntityType ?? field.Name) switch
    {
        "topicName" or "ResourceName" => Pick(topics),
        "groupId" or "Key" or "CoordinatorKeys" => Pick(groups),
        "transactionalId" => Pick(transactionalIds),
        "MemberId" => Pick(MemberIds),
        "GroupInstanceId" or "InstanceId" => Pick(InstanceIds),
        "ProtocolType" => "consumer",
        "Name" or "ConfigurationKeys" => random.Next(3) == 0 ? "range" : Pick(SettingNames),
        "ProtocolName" or "ServerAssignor" => "range",
        "Value" => Pick(SettingValues),
        "SubscribedTopicRegex" or "TransactionalIdPattern" => ".*[a-z]{2,5}(one|two)?",
        "Mechanism" => "PLAIN",
        _ => "text",
    };

    public long Number(MessageField field) => IsOdd() ? Pick(OddNumbers) : (field.EntityType ?? field.Name) switch
    {
        "producerId" => ProducerIds.Count == 0 || random.Next(4) == 0 ? -1 : Pick(ProducerIds),
        "brokerId" => 1,
        "SessionTimeoutMs" => 6_000,
        "MaxWaitMs" or "MinBytes" => random.Next(2),
        "RebalanceTimeoutMs" or "TimeoutMs" or "timeoutMs" or "TransactionTimeoutMs" or "ResponsePartitionLimit" => 1 + random.Next(100),
        "MaxBytes" or "PartitionMaxBytes" or "RetentionTimeMs" => 100_000,
        "ResourceType" or "ResourceTypes" => Pick(ResourceTypes),
        "EndpointType" or "ReplicationFactor" => 1,
        "Acks" => random.Next(2) - 1,
        "NumPartitions" or "Count" => 1 + random.Next(4),
        "Timestamp" => random.Next(-4, 3),
        _ => random.Next(-1, 4),
    };

    public Guid Id() => IsOdd() || TopicIds.Count == 0 ? Guid.Empty : Pick(TopicIds);

    public byte[] Bytes(MessageField field) => IsOdd() ? [0, 1, 2, 3] : field.Name switch
    {
        "Records" => Batch(),
        "AuthBytes" => "\0user\0password"u8.ToArray(),
        _ => NoTopics,
    };

    // Half of them with something wrong under a CRC that is right.
    private byte[] Batch()
    {
        var producerId = ProducerIds.Count > 0 && random.Next(2) == 0 ? Pick(ProducerIds) : -1;
        var batch = Some.Keyed(
            [("key", "value"), ("other", null), ("third", "x")], producerId, epoch: producerId < 0 ? (short)-1 : (short)0,
            sequence: producerId < 0 ? -1 : random.Next(2) * 3, isTransactional: producerId >= 0 && random.Next(2) == 0);
        var codec = random.Next(5);
        if (codec > 0)
            batch = Compressed.Of(batch, codec);
        if (random.Next(2) == 0)
            batch[random.Next(BatchHeader.CrcCoverageStart, batch.Length)] ^= (byte)(1 << random.Next(8));
        BatchHeader.Seal(batch);
        return batch;
    }

    private bool IsOdd() => OneInOdd > 0 && random.Next(OneInOdd) == 0;

    private T Pick<T>(IReadOnlyList<T> among) => among[random.Next(among.Count)];
}
