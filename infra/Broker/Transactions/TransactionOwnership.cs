using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Transactions;

/// <summary>Who may act in the name of a transactional id: the newest producer of it, and nobody before.</summary>
internal static class TransactionOwnership
{
    /// <summary>Whether a producer that asks for its next epoch is the newest, or the same one whose answer was lost (KIP-360).</summary>
    public static bool IsOwn(this TransactionState known, ProducerStamp current) => current == known.Producer || known.IsAnswered(current);

    /// <summary>Whether the newest producer is what this one was given already, by an answer that was lost.</summary>
    public static bool IsAnswered(this TransactionState known, ProducerStamp before) =>
        before.ProducerEpoch >= 0 && before.ProducerEpoch == known.PreviousEpoch
        && (before.ProducerId == known.Producer.ProducerId || (before.ProducerId == known.PreviousProducerId && before.ProducerEpoch >= TransactionState.LastEpoch));

    /// <summary>None for the newest producer; otherwise INVALID_PRODUCER_ID_MAPPING or PRODUCER_FENCED.</summary>
    public static ErrorCode Own(TransactionState? state, ProducerStamp producer)
    {
        if (state is null || state.Producer.ProducerId != producer.ProducerId)
            return ErrorCode.InvalidProducerIdMapping;
        return state.Producer.ProducerEpoch == producer.ProducerEpoch ? ErrorCode.None : ErrorCode.ProducerFenced;
    }

    /// <summary>As <see cref="Own"/>, and CONCURRENT_TRANSACTIONS while the end of its last transaction is being written.</summary>
    public static ErrorCode Admit(TransactionState? state, ProducerStamp producer) => Own(state, producer) switch
    {
        ErrorCode.None when state!.IsPrepared => ErrorCode.ConcurrentTransactions,
        var error => error,
    };

    /// <summary>The state in which nobody owns the id until the next producer of it is initialised.</summary>
    public static TransactionState Fence(this TransactionState state) => state with
    {
        Producer = state.Producer with { ProducerEpoch = (short)(state.Producer.ProducerEpoch + 1) },
        PreviousEpoch = -1,
        Protocol = TransactionProtocol.Second,
    };

    /// <summary>The state in which what the producer sent so far can no longer arrive, and the producer itself goes on.</summary>
    /// <param name="nextProducerId">Whose turn it is when the epochs are used up; -1 before that.</param>
    public static TransactionState Raise(this TransactionState state, long nextProducerId) => state with
    {
        Producer = state.Producer with { ProducerEpoch = (short)(state.Producer.ProducerEpoch + 1) },
        PreviousEpoch = state.Producer.ProducerEpoch,
        NextProducerId = nextProducerId,
    };

    /// <summary>Whether the producer id has no epoch left to give.</summary>
    public static bool IsUsedUp(this TransactionState state) => state.Producer.ProducerEpoch >= TransactionState.LastEpoch;
}
