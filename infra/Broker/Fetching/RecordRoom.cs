using Streaming.Broker.Log;

namespace Streaming.Broker.Fetching;

/// <summary>Memory that the records in the fetch responses of all connections share. Where it is used up, a fetch gets a batch and no more.</summary>
internal sealed class RecordRoom(BrokerOptions options)
{
    private long _usedBytes;

    /// <summary>Reads records of a partition into as much of the room as there is; what is read only when it is sent takes a piece of it.</summary>
    /// <param name="bytesMax">How many bytes are wanted.</param>
    /// <param name="isFirstWhole">Whether the first batch is read however little room there is.</param>
    public LogRead Read(PartitionLog log, long offset, int bytesMax, bool isFirstWhole, bool isCommittedOnly)
    {
        var taken = Take(bytesMax);
        var heldBytes = 0;
        try
        {
            var atOnceMax = isFirstWhole ? Math.Max(taken, Math.Min(bytesMax, 1)) : taken;
            var read = log.Read(offset, atOnceMax, isFirstWhole, isCommittedOnly, deferredBytesMax: taken < log.Settings.PieceBytes ? 0 : bytesMax);
            heldBytes = read.Records.HeldBytes;
            return read;
        }
        finally
        {
            Interlocked.Add(ref _usedBytes, heldBytes - taken);
        }
    }

    /// <summary>Gives the memory of all of them back.</summary>
    public void Release(IReadOnlyList<FetchedPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            Interlocked.Add(ref _usedBytes, -partition.Read.Records.HeldBytes);
            partition.Read.Records.Dispose();
        }
    }

    private int Take(int bytesMax)
    {
        while (true)
        {
            var used = Volatile.Read(ref _usedBytes);
            var taken = (int)Math.Max(0, Math.Min(bytesMax, options.QueuedRecordBytesMax - used));
            if (Interlocked.CompareExchange(ref _usedBytes, used + taken, used) == used)
                return taken;
        }
    }
}
