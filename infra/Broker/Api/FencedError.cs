using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

/// <summary>PRODUCER_FENCED in the words of clients that do not know it (KIP-588).</summary>
internal static class FencedError
{
    public static ErrorCode Known(this ErrorCode error, bool isFencedKnown) =>
        error == ErrorCode.ProducerFenced && !isFencedKnown ? ErrorCode.InvalidProducerEpoch : error;
}
