using Streaming.Broker.Wire;

namespace Streaming.Broker.Topics;

/// <summary>A producer as the log knows it: its id, and the epoch that fences its predecessors.</summary>
internal readonly record struct ProducerStamp(long ProducerId, short ProducerEpoch)
{
    /// <summary>No producer.</summary>
    public static readonly ProducerStamp None = new(-1, -1);
}

/// <summary>What a coordinator remembers: the newest value under a key counts, a null value forgets the key.</summary>
internal readonly record struct JournalRecord(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte>? Value);

/// <summary>A record of a journal as it was read back, or the end of a transaction in it.</summary>
/// <remarks><see cref="Record"/> is null for the end of a transaction, which <see cref="IsCommit"/> then tells to be a commit or an abort.
/// <see cref="Transaction"/> is the producer in whose transaction it was written, null outside transactions. Such a record counts once a later
/// entry commits that producer's transaction.</remarks>
internal sealed record JournalEntry(long Offset, JournalRecord? Record, ProducerStamp? Transaction, bool IsCommit);

/// <summary>A partition of an internal topic, by which a coordinator's state survives a restart.</summary>
internal interface IJournal
{
    TopicPartition Partition { get; }

    /// <summary>Appends the records as one batch, all or none, in the transaction of a producer if one is given.
    /// On return they are as durable as the broker is configured to be.</summary>
    /// <returns>None, or INVALID_PRODUCER_EPOCH for a fenced producer, or KAFKA_STORAGE_ERROR when the disk refuses.</returns>
    ErrorCode Append(IReadOnlyList<JournalRecord> records, ProducerStamp? transaction = null);

    /// <summary>Everything there is, oldest first. For the start, before the first append.</summary>
    IEnumerable<JournalEntry> Read();
}
