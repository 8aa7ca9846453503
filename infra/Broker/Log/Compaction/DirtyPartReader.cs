using Streaming.Broker.Records;
using Streaming.Broker.Records.Compression;

namespace Streaming.Broker.Log.Compaction;

/// <summary>Reads the dirty part of a log for the newest offset of each key.</summary>
internal sealed class DirtyPartReader(CompactionView view, OffsetMap newest, KeyHasher keys, int inflatedBytesMax, IoPace pace) : IDisposable
{
    private readonly TransactionTrail _trail = new(view.Aborted);
    private readonly BoundedBuffer _inflated = new(inflatedBytesMax);

    /// <returns>Where what the map knows ends: at the end of the part, or before the batch at which the map was full.</returns>
    /// <exception cref="UnreadableSegmentException">A batch is damaged, or alone more than the map takes.</exception>
    public async Task<long> ReadAsync(CleanablePart part, CancellationToken cancellationToken)
    {
        for (var i = 0; i < view.Segments.Count - 1 && view.Segments[i].BaseOffset < part.EndOffset; i++)
        {
            if (view.Segments[i + 1].BaseOffset > part.DirtyOffset && await ReadAsync(view.Segments[i], part, cancellationToken) is { } full)
                return full;
        }

        return part.EndOffset;
    }

    public void Dispose() => _inflated.Dispose();

    private async Task<long?> ReadAsync(LogSegment segment, CleanablePart part, CancellationToken cancellationToken)
    {
        using var batches = new CheckedBatches(segment);
        try
        {
            while (batches.MoveNext())
            {
                await pace.MovedAsync(batches.Header.SizeBytes, cancellationToken);
                if (batches.Header.LastOffset < part.DirtyOffset || IsWithoutKeys(batches.Header) || TryNote(batches.Batch, batches.Header, part.DirtyOffset))
                    continue;
                // A batch that fits in no map would be tried for ever.
                return batches.Header.BaseOffset > part.DirtyOffset
                    ? batches.Header.BaseOffset
                    : throw new CorruptRecordsException("The batch has more keys than the map of offsets takes: raise Compaction:OffsetMapBytesMax.");
            }

            return null;
        }
        catch (CorruptRecordsException cause)
        {
            throw new UnreadableSegmentException(segment.BaseOffset, batches.Offset, cause);
        }
    }

    private bool IsWithoutKeys(in BatchHeader header) => header.IsControl || _trail.Met(header) || header.IsEmptied;

    private bool TryNote(ReadOnlyMemory<byte> batch, in BatchHeader header, long dirtyOffset)
    {
        var walk = new RecordWalk(BatchRecords.Of(batch, header, _inflated));
        var (met, previousDelta) = (0, -1);
        for (; walk.MoveNext(); met++)
        {
            BatchRecords.ExpectOffset(walk.Current.OffsetDelta, ref previousDelta, header);
            var offset = header.BaseOffset + walk.Current.OffsetDelta;
            if (walk.Current.HasKey && offset >= dirtyOffset && !newest.TryPut(keys.Hash(walk.Current.Key), offset))
                return false;
        }

        BatchRecords.ExpectAll(met, walk.Error, header);
        return true;
    }
}
