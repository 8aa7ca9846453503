namespace Streaming.Broker.Fetching;

/// <summary>From where on a client wants to read one partition, and at most how much of it at a time.</summary>
internal readonly record struct FetchPartition(FetchKey Key, int CurrentLeaderEpoch, long Offset, int BytesMax);
