using Streaming.Broker.Records;

namespace Streaming.Broker.Log;

/// <summary>A batch that a producer wrote, by its sequences, so that the same batch sent again is recognised.</summary>
internal readonly record struct WrittenBatch(int BaseSequence, int LastSequence, long BaseOffset, long LastOffset, long TimestampMs);

/// <summary>What one partition remembers of one producer (KIP-98): its epoch, its last batches, its open transaction.</summary>
internal sealed class ProducerState(long producerId, short epoch)
{
    /// <summary>A client has at most five requests in flight, so an older batch is never sent again.</summary>
    public const int BatchesMax = 5;

    private readonly List<WrittenBatch> _batches = new(BatchesMax);

    public long ProducerId => producerId;

    public short Epoch { get; private set; } = epoch;

    public int CoordinatorEpoch { get; private set; } = -1;

    /// <summary>First offset of the open transaction; null when none is open.</summary>
    public long? TransactionStart { get; private set; }

    public long LastTimestampMs { get; private set; } = BatchHeader.NoTimestamp;

    /// <summary>Last offset of the newest batch of any kind, its markers and those of coordinators included.</summary>
    public long LastOffset { get; private set; } = -1;

    /// <summary>Last offset of the batch that this state could be read from again: the newest with sequence numbers, else the newest, for its epoch.</summary>
    public long KeptOffset => _batches.Count == 0 ? LastOffset : _batches[^1].LastOffset;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<WrittenBatch> Batches => _batches;

    public int LastSequence => _batches.Count == 0 ? -1 : _batches[^1].LastSequence;

    public WrittenBatch? FindDuplicate(in BatchHeader header)
    {
        foreach (var batch in _batches)
        {
            if (batch.BaseSequence == header.BaseSequence && batch.LastSequence == header.LastSequence)
                return batch;
        }

        return null;
    }

    public bool IsNextSequence(int sequence) => sequence == (int)((LastSequence + 1L) & int.MaxValue);

    public void Wrote(in BatchHeader header)
    {
        MoveTo(header.ProducerEpoch);
        if (header.BaseSequence >= 0)
            Remember(new WrittenBatch(header.BaseSequence, header.LastSequence, header.BaseOffset, header.LastOffset, header.MaxTimestamp));
        if (header.IsTransactional)
            TransactionStart ??= header.BaseOffset;
        (LastTimestampMs, LastOffset) = (header.MaxTimestamp, header.LastOffset);
    }

    /// <summary>A marker ended the transaction, and perhaps raised the epoch to fence the producer.</summary>
    public void Ended(in BatchHeader marker, int coordinatorEpoch)
    {
        MoveTo(marker.ProducerEpoch);
        TransactionStart = null;
        CoordinatorEpoch = coordinatorEpoch;
        (LastTimestampMs, LastOffset) = (marker.MaxTimestamp, marker.LastOffset);
    }

    internal void Restore(IEnumerable<WrittenBatch> batches, long? transactionStart, long lastTimestampMs, long lastOffset, int coordinatorEpoch)
    {
        _batches.AddRange(batches);
        (TransactionStart, LastTimestampMs, LastOffset, CoordinatorEpoch) = (transactionStart, lastTimestampMs, lastOffset, coordinatorEpoch);
    }

    private void MoveTo(short newEpoch)
    {
        if (newEpoch == Epoch)
            return;
        Epoch = newEpoch;
        _batches.Clear();
    }

    private void Remember(WrittenBatch batch)
    {
        if (_batches.Count == BatchesMax)
            _batches.RemoveAt(0);
        _batches.Add(batch);
    }
}
