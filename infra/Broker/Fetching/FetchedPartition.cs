using Streaming.Broker.Log;

namespace Streaming.Broker.Fetching;

/// <summary>What was read of one partition. Holds rented memory with the records.</summary>
internal readonly record struct FetchedPartition(FetchKey Key, LogRead Read)
{
    /// <summary>Gives the memory of all of them back.</summary>
    public static void Release(IReadOnlyList<FetchedPartition> partitions)
    {
        foreach (var partition in partitions)
            partition.Read.Records.Dispose();
    }
}
