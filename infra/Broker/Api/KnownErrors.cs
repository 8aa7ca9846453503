using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

/// <summary>Errors in the words of clients that do not know the newer ones.</summary>
internal static class KnownErrors
{
    /// <summary>PRODUCER_FENCED, which came with KIP-588.</summary>
    public static ErrorCode Known(this ErrorCode error, bool isFencedKnown) =>
        error == ErrorCode.ProducerFenced && !isFencedKnown ? ErrorCode.InvalidProducerEpoch : error;

    /// <summary>TRANSACTION_ABORTABLE, which came with KIP-890: before, clients were told, and do something about, INVALID_TXN_STATE.</summary>
    public static ErrorCode KnownAbortable(this ErrorCode error, bool isAbortableKnown) =>
        error == ErrorCode.TransactionAbortable && !isAbortableKnown ? ErrorCode.InvalidTxnState : error;
}
