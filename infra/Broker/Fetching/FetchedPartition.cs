using Streaming.Broker.Log;

namespace Streaming.Broker.Fetching;

/// <summary>What was read of one partition. Holds rented memory with the records.</summary>
internal readonly record struct FetchedPartition(FetchKey Key, LogRead Read);
