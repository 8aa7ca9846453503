using Streaming.Broker.Records;
using Streaming.Broker.Records.Compression;

namespace Streaming.Broker.Log.Compaction;

/// <summary>Decides what is left of one batch after another, in the order of the log. Knows nothing of files.</summary>
/// <remarks>Offsets never change: a batch keeps its base offset and its last offset delta whatever goes from between.</remarks>
internal sealed class BatchCleaner(CompactionPass pass, TransactionTrail trail, int inflatedBytesMax) : IDisposable
{
    private readonly BoundedBuffer _inflated = new(inflatedBytesMax);
    private readonly BatchRewriter _rewriter = new();

    /// <summary>Aborted transactions, by their markers in the batches so far, of which readers must still be told.</summary>
    public List<AbortedTransaction> Aborted { get; } = [];

    /// <summary>Records in the batches so far.</summary>
    public long RecordsBefore { get; private set; }

    /// <summary>Records of them that are left.</summary>
    public long RecordsAfter { get; private set; }

    /// <summary>Whether anything was changed so far.</summary>
    public bool HasChanged { get; private set; }

    /// <summary>What stays of the batch: itself, another one, or nothing (empty). Valid until the next call.</summary>
    /// <exception cref="CorruptRecordsException">Its records cannot be read.</exception>
    public ReadOnlySpan<byte> Clean(ReadOnlyMemory<byte> batch, in BatchHeader header)
    {
        RecordsBefore += header.RecordCount;
        var left = header.IsControl ? CleanMarker(batch.Span, header)
            : IsBeyond(header) ? batch.Span
            : trail.Met(header) || header.IsEmptied ? WithoutRecords(batch.Span, header)
            : CleanRecords(batch, header);
        HasChanged |= left != batch.Span;
        RecordsAfter += left.Length == 0 ? 0 : BatchHeader.Read(left).RecordCount;
        return left;
    }

    public void Dispose()
    {
        _inflated.Dispose();
        _rewriter.Dispose();
    }

    // The pass ends in the middle of a segment when its map is full.
    private bool IsBeyond(in BatchHeader header) => header.BaseOffset >= pass.EndOffset;

    private ReadOnlySpan<byte> CleanMarker(ReadOnlySpan<byte> batch, in BatchHeader header)
    {
        var (isNeeded, aborted) = trail.Ended(header);
        if (header.IsEmptied)
            return WithoutRecords(batch, header);
        if (isNeeded || IsBeyond(header) || ControlMarker.IsCommit(batch) is null)
        {
            if (aborted is { } entry)
                Aborted.Add(entry);
            return batch;
        }

        if (header.DeleteHorizonMs is not { } horizon)
            return _rewriter.WithHorizon(batch, header, pass.NewHorizonMs);
        return horizon <= pass.NowMs ? WithoutRecords(batch, header) : batch;
    }

    private ReadOnlySpan<byte> WithoutRecords(ReadOnlySpan<byte> batch, in BatchHeader header)
    {
        if (!pass.MustKeep(header))
            return [];
        return header.IsEmptied ? batch : _rewriter.Emptied(batch, header);
    }

    private ReadOnlySpan<byte> CleanRecords(ReadOnlyMemory<byte> batch, in BatchHeader header)
    {
        var records = BatchRecords.Of(batch, header, _inflated);
        _rewriter.Begin();
        var walk = new RecordWalk(records);
        var (met, previousDelta, hasTombstone) = (0, -1, false);
        for (; walk.MoveNext(); met++)
        {
            BatchRecords.ExpectOffset(walk.Current.OffsetDelta, ref previousDelta, header);
            if (!pass.Survives(walk.Current, header.BaseOffset + walk.Current.OffsetDelta, header.DeleteHorizonMs))
                continue;
            _rewriter.Keep(walk.Current);
            hasTombstone |= !walk.Current.HasValue;
        }

        BatchRecords.ExpectAll(met, walk.Error, header);
        if (_rewriter.KeptCount == 0)
            return WithoutRecords(batch.Span, header);
        var horizonMs = header.DeleteHorizonMs ?? (hasTombstone ? pass.NewHorizonMs : null);
        // A batch that loses nothing goes on as it is, whatever its codec.
        return _rewriter.KeptCount == header.RecordCount && horizonMs == header.DeleteHorizonMs
            ? batch.Span
            : _rewriter.Finish(batch.Span, header, horizonMs);
    }
}
