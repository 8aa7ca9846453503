using Streaming.Broker.Log;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

/// <summary>Compares the leader epoch that a client believes in with the only one there is (KIP-320).</summary>
internal static class LeaderEpochs
{
    public const int Unknown = -1;

    public static ErrorCode Check(int currentLeaderEpoch) => currentLeaderEpoch switch
    {
        Unknown or PartitionLog.LeaderEpoch => ErrorCode.None,
        < PartitionLog.LeaderEpoch => ErrorCode.FencedLeaderEpoch,
        _ => ErrorCode.UnknownLeaderEpoch,
    };
}
