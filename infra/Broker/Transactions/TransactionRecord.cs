using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Transactions;

/// <summary>A transactional id's state as a record of <c>__transaction_state</c>, in Kafka's own layout: version 1 is written, version 0 read, too.</summary>
/// <remarks>Key, version 0: version (2 bytes), transactional id. Value: version, producer id, epoch, timeout, phase, partitions by topic (null: none), time of the
/// last change, time of the start; version 1 is flexible and has tagged fields: 0 previous producer id, 1 next producer id, 2 the client's transaction
/// protocol. Each is left out where it says nothing. Source: Kafka's TransactionLogKey and TransactionLogValue; KIP-890, KIP-915.</remarks>
internal static class TransactionRecord
{
    private const short KeyVersion = 0;
    private const short HighestValueVersion = 1;
    private const uint PreviousProducerIdTag = 0;
    private const uint NextProducerIdTag = 1;
    private const uint ProtocolTag = 2;

    public static JournalRecord Encode(TransactionState state)
    {
        var key = Key(state.TransactionalId);
        using var writer = new WireWriter();
        writer.Reset(HighestValueVersion, isFlexible: true);
        writer.WriteInt16(HighestValueVersion);
        writer.WriteInt64(state.Producer.ProducerId);
        writer.WriteInt16(state.Producer.ProducerEpoch);
        writer.WriteInt32(state.TimeoutMs);
        writer.WriteInt8((sbyte)state.Phase);
        writer.WriteNullableArray<IGrouping<string, TopicPartition>>(
            state.Partitions.Count == 0 ? null : [.. state.Partitions.GroupBy(partition => partition.Topic)],
            static (w, topic) =>
            {
                w.WriteString(topic.Key);
                w.WriteInt32Array([.. topic.Select(partition => partition.Partition)]);
                w.WriteEmptyTags();
            });
        writer.WriteInt64(state.UpdatedMs);
        writer.WriteInt64(state.StartedMs);
        writer.WriteTags([.. Tags(state)]);
        return new JournalRecord(key, writer.Written.ToArray());
    }

    /// <summary>The id is forgotten.</summary>
    public static JournalRecord Tombstone(string transactionalId) => new(Key(transactionalId), null);

    /// <summary>Null for a tombstone, which <paramref name="transactionalId"/> then names.</summary>
    /// <exception cref="MalformedFrameException">The record is of a version that this broker does not know, or damaged.</exception>
    public static TransactionState? Decode(JournalRecord record, out string transactionalId)
    {
        var key = new WireReader(record.Key);
        ReadVersion(ref key, KeyVersion);
        transactionalId = key.ReadString();
        if (record.Value is not { } bytes)
            return null;
        var head = new WireReader(bytes);
        var version = ReadVersion(ref head, HighestValueVersion);
        var value = new WireReader(bytes[sizeof(short)..], version, isFlexible: version >= 1);
        var producer = new ProducerStamp(value.ReadInt64(), value.ReadInt16());
        var timeoutMs = value.ReadInt32();
        var phase = (TransactionPhase)value.ReadInt8();
        var partitions = new HashSet<TopicPartition>();
        foreach (var (name, numbers) in value.ReadNullableArray(ReadTopic) ?? [])
            partitions.UnionWith(numbers.Select(partition => new TopicPartition(name, partition)));
        var updatedMs = value.ReadInt64();
        var state = new TransactionState(transactionalId, producer, PreviousEpoch: -1, timeoutMs, phase, partitions, StartedMs: value.ReadInt64(), updatedMs);
        value.ReadTags((tag, ref content) => state = ReadTag(state, tag, ref content));
        return state;
    }

    private static byte[] Key(string transactionalId)
    {
        using var writer = new WireWriter();
        writer.WriteInt16(KeyVersion);
        writer.WriteString(transactionalId);
        return writer.Written.ToArray();
    }

    private static List<(uint, Action<WireWriter>)> Tags(TransactionState state)
    {
        var tags = new List<(uint, Action<WireWriter>)>();
        if (state.PreviousProducerId != TransactionState.NoProducerId)
            tags.Add((PreviousProducerIdTag, w => w.WriteInt64(state.PreviousProducerId)));
        if (state.NextProducerId != TransactionState.NoProducerId)
            tags.Add((NextProducerIdTag, w => w.WriteInt64(state.NextProducerId)));
        if (state.Protocol != TransactionProtocol.First)
            tags.Add((ProtocolTag, w => w.WriteInt16((short)state.Protocol)));
        return tags;
    }

    private static TransactionState ReadTag(TransactionState state, uint tag, ref WireReader content) => tag switch
    {
        PreviousProducerIdTag => state with { PreviousProducerId = content.ReadInt64() },
        NextProducerIdTag => state with { NextProducerId = content.ReadInt64() },
        ProtocolTag => state with { Protocol = (TransactionProtocol)content.ReadInt16() },
        _ => state,
    };

    private static (string Name, int[] Partitions) ReadTopic(ref WireReader reader)
    {
        var topic = (reader.ReadString(), reader.ReadInt32Array());
        reader.SkipTags();
        return topic;
    }

    private static short ReadVersion(ref WireReader reader, short highest)
    {
        var version = reader.ReadInt16();
        return version >= 0 && version <= highest
            ? version
            : throw new MalformedFrameException($"A record of {InternalTopics.TransactionState} in version {version}; up to {highest} is known.");
    }
}
