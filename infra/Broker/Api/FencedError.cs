using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

/// <summary>PRODUCER_FENCED in the words of clients that do not know it (KIP-588).</summary>
internal static class FencedError
{
    public static ErrorCode Known(this ErrorCode error, bool isFencedKnown) =>
        error == ErrorCode.ProducerFenced && !isFencedKnown ? ErrorCode.InvalidProducerEpoch : error;
}

/// <summary>What clients of before <c>TRANSACTION_ABORTABLE</c> were told, and do something about (KIP-890).</summary>
internal static class AbortableError
{
    public static ErrorCode KnownAbortable(this ErrorCode error, bool isAbortableKnown) =>
        error == ErrorCode.TransactionAbortable && !isAbortableKnown ? ErrorCode.InvalidTxnState : error;
}
