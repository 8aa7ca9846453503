using Streaming.Broker.Records;

namespace Streaming.Broker.Log.Compaction;

/// <summary>What one pass over a log knows and obeys.</summary>
/// <param name="Newest">The newest offset of each key of the part that was dirty.</param>
/// <param name="EndOffset">Where what the pass knows ends; batches from there on stay as they are.</param>
/// <param name="UpperBound">Where what may be compacted ends. The batch before it stays, emptied if need be, so that a consumer that waits there gets on.</param>
/// <param name="NowMs">The time of the pass, the same for all of it.</param>
/// <param name="DeleteRetentionMs">How long tombstones and unneeded markers stay from the first pass on that meets them.</param>
/// <param name="KeptByProducer">The last offset of the batch in which each remembered producer's state is.</param>
internal sealed record CompactionPass(
    OffsetMap Newest, KeyHasher Keys, long EndOffset, long UpperBound, long NowMs, long DeleteRetentionMs, IReadOnlyDictionary<long, long> KeptByProducer)
{
    /// <summary>Whether a record of a transaction that was not aborted survives.</summary>
    /// <remarks>A key that the map does not hold has no newer record in the part that was dirty. Records without a key cannot be asked for, and go.</remarks>
    public bool Survives(in RecordView record, long offset, long? deleteHorizonMs)
    {
        if (!record.HasKey || (!record.HasValue && deleteHorizonMs <= NowMs))
            return false;
        return Newest.Find(Keys.Hash(record.Key)) is not { } newest || offset >= newest;
    }

    /// <summary>Whether the batch stays even without records: it is the last of its producer, whose sequence numbers must survive a restart (KIP-98),
    /// or the last that the pass may touch.</summary>
    public bool MustKeep(in BatchHeader batch) =>
        batch.NextOffset == UpperBound || (batch.HasProducer && KeptByProducer.TryGetValue(batch.ProducerId, out var kept) && kept == batch.LastOffset);

    /// <summary>The horizon of a batch whose first tombstone or unneeded marker is met now.</summary>
    public long NewHorizonMs => NowMs > long.MaxValue - DeleteRetentionMs ? long.MaxValue : NowMs + DeleteRetentionMs;
}
