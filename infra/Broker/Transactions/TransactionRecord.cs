using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Transactions;

/// <summary>A transactional id's state as a record of <c>__transaction_state</c>, in Kafka's own layout, version 0.</summary>
/// <remarks>Key: version (2 bytes), transactional id. Value: version, producer id, epoch, timeout, phase, partitions by topic (null: none), time of the
/// last change, time of the start. Source: Kafka's TransactionLogKey and TransactionLogValue.</remarks>
internal static class TransactionRecord
{
    private const short FormatVersion = 0;

    public static JournalRecord Encode(TransactionState state)
    {
        using var writer = new WireWriter();
        writer.WriteInt16(FormatVersion);
        writer.WriteString(state.TransactionalId);
        var key = writer.Written.ToArray();

        writer.Reset(version: 0, isFlexible: false);
        writer.WriteInt16(FormatVersion);
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
            });
        writer.WriteInt64(state.UpdatedMs);
        writer.WriteInt64(state.StartedMs);
        return new JournalRecord(key, writer.Written.ToArray());
    }

    /// <summary>Null for a tombstone, which <paramref name="transactionalId"/> then names.</summary>
    /// <exception cref="MalformedFrameException">The record is of a version that this broker does not know, or damaged.</exception>
    public static TransactionState? Decode(JournalRecord record, out string transactionalId)
    {
        var key = new WireReader(record.Key);
        Expect(key.ReadInt16());
        transactionalId = key.ReadString();
        if (record.Value is not { } bytes)
            return null;
        var value = new WireReader(bytes);
        Expect(value.ReadInt16());
        var producer = new ProducerStamp(value.ReadInt64(), value.ReadInt16());
        var timeoutMs = value.ReadInt32();
        var phase = (TransactionPhase)value.ReadInt8();
        var partitions = new HashSet<TopicPartition>();
        foreach (var topic in value.ReadNullableArray(static (ref r) => (Name: r.ReadString(), Partitions: r.ReadInt32Array())) ?? [])
            partitions.UnionWith(topic.Partitions.Select(partition => new TopicPartition(topic.Name, partition)));
        var updatedMs = value.ReadInt64();
        return new TransactionState(transactionalId, producer, PreviousEpoch: -1, timeoutMs, phase, partitions, StartedMs: value.ReadInt64(), updatedMs);
    }

    private static void Expect(short version)
    {
        if (version != FormatVersion)
            throw new MalformedFrameException($"A record of {InternalTopics.TransactionState} in version {version}; {FormatVersion} is known.");
    }
}
