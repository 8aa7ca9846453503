using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Transactions;

/// <summary>What is to be done about an end that a producer asks for.</summary>
internal enum EndStep
{
    /// <summary>Nothing but to answer the error; with none, the same request is done already, and its answer was lost.</summary>
    Answer,

    /// <summary>The end is to be decided, and then carried out.</summary>
    Decide,

    /// <summary>It is decided, and is still to be carried out.</summary>
    CarryOut,
}

/// <summary>Which ends of transactions a state allows.</summary>
/// <remarks>
/// With the first protocol the phase tells a repeated request from the next one. With the second the epoch does: the one before the newest is that of the
/// end that raised it. So the newest may abort what it has not begun, which a client does that does not know whether anything of it arrived.
/// Source: KIP-98; KIP-890, and the table in Kafka's TransactionCoordinator.
/// </remarks>
internal static class TransactionEnd
{
    public static (EndStep Step, ErrorCode Error) Of(TransactionState? state, ProducerStamp producer, bool isCommit, TransactionProtocol protocol) =>
        state is null ? Refused(ErrorCode.InvalidProducerIdMapping)
        : protocol == TransactionProtocol.First ? OfFirst(state, producer, isCommit)
        : OfSecond(state, producer, isCommit);

    private static (EndStep, ErrorCode) OfFirst(TransactionState state, ProducerStamp producer, bool isCommit)
    {
        if (TransactionOwnership.Own(state, producer) is var error and not ErrorCode.None)
            return Refused(error);
        return (state.Phase, isCommit) switch
        {
            (TransactionPhase.Ongoing, _) => (EndStep.Decide, ErrorCode.None),
            (TransactionPhase.PrepareCommit, true) or (TransactionPhase.PrepareAbort, false) => (EndStep.CarryOut, ErrorCode.None),
            (TransactionPhase.CompleteCommit, true) or (TransactionPhase.CompleteAbort, false) => (EndStep.Answer, ErrorCode.None),
            _ => Refused(ErrorCode.InvalidTxnState),
        };
    }

    private static (EndStep, ErrorCode) OfSecond(TransactionState state, ProducerStamp producer, bool isCommit)
    {
        var isRepeated = IsRepeated(state, producer);
        if (producer.ProducerId != state.Producer.ProducerId && !isRepeated)
            return Refused(ErrorCode.InvalidProducerIdMapping);
        var isNewest = producer == state.Producer;
        var isKnown = state.Phase switch
        {
            TransactionPhase.Empty or TransactionPhase.Ongoing => isNewest,
            TransactionPhase.PrepareCommit or TransactionPhase.PrepareAbort => isRepeated,
            _ => isNewest || isRepeated,
        };
        if (!isKnown)
            return Refused(ErrorCode.ProducerFenced);
        return (state.Phase, isCommit) switch
        {
            (TransactionPhase.Ongoing, _) => (EndStep.Decide, ErrorCode.None),
            (TransactionPhase.PrepareCommit, true) or (TransactionPhase.PrepareAbort, false) => (EndStep.CarryOut, ErrorCode.None),
            (TransactionPhase.CompleteCommit, true) or (TransactionPhase.CompleteAbort, false) when isRepeated => (EndStep.Answer, ErrorCode.None),
            (TransactionPhase.Empty or TransactionPhase.CompleteCommit or TransactionPhase.CompleteAbort, false) when isNewest => (EndStep.Decide, ErrorCode.None),
            _ => Refused(ErrorCode.InvalidTxnState),
        };
    }

    // The end that this request asked for before raised the epoch, or, from the last epoch on, began a new producer id.
    private static bool IsRepeated(TransactionState state, ProducerStamp producer) =>
        (producer.ProducerId == state.Producer.ProducerId && producer.ProducerEpoch == state.Producer.ProducerEpoch - 1)
        || (producer == new ProducerStamp(state.PreviousProducerId, TransactionState.LastEpoch) && state.Producer.ProducerEpoch == 0);

    private static (EndStep, ErrorCode) Refused(ErrorCode error) => (EndStep.Answer, error);
}
