using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Transactions;

/// <summary>Who may act in the name of a transactional id: the newest producer of it, and nobody before.</summary>
internal static class TransactionOwnership
{
    /// <summary>Whether a producer that asks for its next epoch is the newest, or the same one whose answer was lost (KIP-360).</summary>
    public static bool IsOwn(this TransactionState known, ProducerStamp current) =>
        current == known.Producer || (current.ProducerId == known.Producer.ProducerId && current.ProducerEpoch == known.PreviousEpoch);

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
    public static TransactionState Fence(this TransactionState state) =>
        state with { Producer = state.Producer with { ProducerEpoch = (short)(state.Producer.ProducerEpoch + 1) }, PreviousEpoch = -1 };
}
