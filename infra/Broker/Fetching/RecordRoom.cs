namespace Streaming.Broker.Fetching;

/// <summary>Memory that the records in the fetch responses of all connections share. Where it is used up, a fetch gets a batch and no more.</summary>
internal sealed class RecordRoom(BrokerOptions options)
{
    private long _usedBytes;

    /// <summary>How many bytes of records a fetch may read that is allowed so many.</summary>
    public int Clip(int bytesMax) => (int)Math.Min(bytesMax, Math.Max(0, options.QueuedRecordBytesMax - Volatile.Read(ref _usedBytes)));

    /// <summary>Counts records that were read, until they are released.</summary>
    public void Add(int bytes) => Interlocked.Add(ref _usedBytes, bytes);

    /// <summary>Gives the memory of all of them back.</summary>
    public void Release(IReadOnlyList<FetchedPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            Interlocked.Add(ref _usedBytes, -partition.Read.Records.SizeBytes);
            partition.Read.Records.Dispose();
        }
    }
}
