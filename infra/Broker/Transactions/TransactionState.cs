using Streaming.Broker.Topics;

namespace Streaming.Broker.Transactions;

/// <summary>Where a transactional id stands. The numbers are those of Kafka's transaction log.</summary>
internal enum TransactionPhase : sbyte
{
    /// <summary>A producer was initialised; no transaction yet.</summary>
    Empty = 0,

    /// <summary>Partitions were added; records may be written.</summary>
    Ongoing = 1,

    /// <summary>The commit is decided and remembered; markers are being written.</summary>
    PrepareCommit = 2,

    /// <summary>The abort is decided and remembered; markers are being written.</summary>
    PrepareAbort = 3,

    /// <summary>All markers of the commit are written.</summary>
    CompleteCommit = 4,

    /// <summary>All markers of the abort are written.</summary>
    CompleteAbort = 5,
}

/// <summary>One transactional id: who may write in its name, and its transaction. Immutable; the coordinator replaces it.</summary>
/// <param name="PreviousEpoch">The epoch before the producer itself raised it, so that a repeated request of its is recognised (KIP-360); -1: none.</param>
/// <param name="StartedMs">When the transaction began; -1 outside one.</param>
internal sealed record TransactionState(
    string TransactionalId, ProducerStamp Producer, short PreviousEpoch, int TimeoutMs, TransactionPhase Phase,
    IReadOnlySet<TopicPartition> Partitions, long StartedMs, long UpdatedMs)
{
    /// <summary>Neither the next nor the previous producer id.</summary>
    public const long NoProducerId = -1;

    /// <summary>The last epoch that a producer is given. The one after it is for the marker that ends the last transaction under this producer id.</summary>
    public const short LastEpoch = short.MaxValue - 1;

    /// <summary>The producer id before the last change of this state; -1: there was none.</summary>
    public long PreviousProducerId { get; init; } = NoProducerId;

    /// <summary>The producer id that takes over, at epoch 0, when the prepared end is complete: the epochs of the present one are used up. -1: it stays.</summary>
    public long NextProducerId { get; init; } = NoProducerId;

    /// <summary>How the producer of the last change works with transactions.</summary>
    public TransactionProtocol Protocol { get; init; }

    public bool IsPrepared => Phase is TransactionPhase.PrepareCommit or TransactionPhase.PrepareAbort;

    /// <summary>Whether nothing is open, and nobody did anything since.</summary>
    public bool IsIdle(long sinceMs) => Phase != TransactionPhase.Ongoing && !IsPrepared && UpdatedMs < sinceMs;

    public bool IsTimedOut(long nowMs) => Phase == TransactionPhase.Ongoing && nowMs - StartedMs > TimeoutMs;
}
