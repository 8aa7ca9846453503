using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Streaming.Broker.Records;

namespace Streaming.Broker.Log;

/// <summary>One file of a partition's log, named by the offset it begins at, with its index.</summary>
/// <remarks>One writer, under the lock of its log; any number of readers beside it, who see what <see cref="SizeBytes"/> covers. The index of a closed
/// segment is in memory only while it is in use.</remarks>
internal sealed class LogSegment : IDisposable
{
    private const int LookupBufferBytes = 16 * 1_024;
    private const int CheckBufferBytes = 1_024 * 1_024;
    private readonly SafeFileHandle _file;
    private IndexBuilder? _builder;
    private volatile SegmentIndex? _index;
    private volatile bool _isReplaced;
    private volatile bool _isNameOnDisk;
    private volatile int _sizeBytes;
    private long _savedIndexBytes;
    private long _endOffset;
    private long _maxTimestamp;

    private LogSegment(LogPath path, SafeFileHandle file, SegmentIndex index, int sizeBytes)
    {
        (Path, _file, _index, _sizeBytes) = (path, file, index, sizeBytes);
        _builder = new IndexBuilder(path.BaseOffset, index);
        _maxTimestamp = index.MaxTimestamp;
        _endOffset = FindEndOffset(index);
        FirstAppendedMs = sizeBytes == 0 ? null : new DateTimeOffset(File.GetCreationTimeUtc(path.Log)).ToUnixTimeMilliseconds();
    }

    public LogPath Path { get; }

    public long BaseOffset => Path.BaseOffset;

    public int SizeBytes => _sizeBytes;

    /// <summary>Largest timestamp of its records; -1 when there is none.</summary>
    public long MaxTimestamp => Volatile.Read(ref _maxTimestamp);

    /// <summary>When the first batch was appended; of a segment that this process did not begin, when its file was made. Null while it is empty.</summary>
    public long? FirstAppendedMs { get; private set; }

    /// <summary>Timestamp of the first batch; null when it has none, or there is none.</summary>
    public long? FirstTimestamp
    {
        get
        {
            using var scanner = new BatchScanner(_file, 0, _sizeBytes, BatchHeader.Bytes);
            return scanner.MoveNext() && scanner.Header.MaxTimestamp >= 0 ? scanner.Header.MaxTimestamp : null;
        }
    }

    /// <summary>Size of the larger one of its index's two files, as far as it is known: to the last saving once it is out of memory.</summary>
    public long IndexBytes => _index?.TimeBytes ?? _savedIndexBytes;

    private IndexBuilder Builder => _builder ?? throw new InvalidOperationException($"{Path.Log} is closed.");

    private SegmentIndex Index => _index ?? LoadIndex();

    public static LogSegment Create(string folder, long baseOffset)
    {
        var path = new LogPath(folder, baseOffset);
        try
        {
            return new LogSegment(path, Open(path.Log, FileMode.Create), new SegmentIndex(), sizeBytes: 0);
        }
        catch (IOException)
        {
            // Left behind, it would stand for records that go into the segment before it.
            File.Delete(path.Log);
            throw;
        }
    }

    /// <summary>Opens a segment whose bytes are known to be whole; an index that is missing or damaged is rebuilt from them.</summary>
    /// <param name="mayBeLast">Whether it may take one of the descriptors that are left for the runtime: for a file that takes the place of others.</param>
    public static LogSegment OpenTrusted(string folder, long baseOffset, int indexIntervalBytes, bool mayBeLast = false)
    {
        var path = new LogPath(folder, baseOffset);
        var file = Open(path.Log, FileMode.Open, mayBeLast);
        var sizeBytes = checked((int)RandomAccess.GetLength(file));
        if (SegmentIndex.Load(path.Index, path.TimeIndex, sizeBytes) is { } index)
            return new LogSegment(path, file, index, sizeBytes);
        var segment = new LogSegment(path, file, new SegmentIndex(), sizeBytes);
        segment.Scan(indexIntervalBytes, isChecked: false, static (in _, _) => { });
        segment.SaveIndex();
        return segment;
    }

    /// <summary>Opens a segment that may be torn or damaged: every batch is checked, the index rebuilt, and what follows the last good batch cut off.</summary>
    /// <returns>The segment, and how many bytes were cut off.</returns>
    public static (LogSegment Segment, int CutBytes) Recover(string folder, long baseOffset, int indexIntervalBytes, BatchVisitor visit)
    {
        var path = new LogPath(folder, baseOffset);
        var file = Open(path.Log, FileMode.Open);
        var foundBytes = (int)Math.Min(RandomAccess.GetLength(file), int.MaxValue);
        var segment = new LogSegment(path, file, new SegmentIndex(), foundBytes);
        segment.Scan(indexIntervalBytes, isChecked: true, visit);
        if (segment.SizeBytes < RandomAccess.GetLength(file))
            RandomAccess.SetLength(file, segment.SizeBytes);
        segment.SaveIndex();
        return (segment, foundBytes - segment.SizeBytes);
    }

    /// <summary>Appends one batch. When the disk refuses, the file is cut back to what it was, and the refusal thrown.</summary>
    public void Append(ReadOnlySpan<byte> batch, in BatchHeader header, int indexIntervalBytes, long nowMs)
    {
        var position = _sizeBytes;
        try
        {
            RandomAccess.Write(_file, batch, position);
        }
        catch (IOException)
        {
            RandomAccess.SetLength(_file, position);
            throw;
        }

        if (position == 0)
            FirstAppendedMs = nowMs;
        Builder.Note(header, position, indexIntervalBytes);
        Volatile.Write(ref _maxTimestamp, Builder.MaxTimestamp);
        Volatile.Write(ref _endOffset, header.NextOffset);
        _sizeBytes = position + batch.Length;
    }

    /// <summary>Sound batches from the one that holds the offset, up to a size, ending before an offset.</summary>
    /// <param name="deferral">How they are read when they are sent, where there are many. Null: all are read here and now.</param>
    /// <returns>Null when this segment holds nothing at or after the offset. Empty when the first batch does not fit, or begins at the end.</returns>
    public RecordSlice? Read(long offset, int bytesMax, long endOffset, bool isFirstWhole, Deferral? deferral = null)
    {
        // The end offset after the bytes: it is published before them.
        var (sizeBytes, segmentEnd) = (_sizeBytes, Volatile.Read(ref _endOffset));
        var index = Index;
        var (position, relativeOffset) = index.Before(Relative(offset));
        if (Find(offset, position, BaseOffset + relativeOffset, sizeBytes) is { } first)
        {
            if (deferral is { } how && Defer(first, index, sizeBytes, segmentEnd, endOffset, how) is { } deferred)
                return new RecordSlice(deferred);
            if (Read(first, sizeBytes, bytesMax, endOffset, isFirstWhole) is var found and not { SizeBytes: 0, DamagedAt: not null })
                return found;
        }

        // Slower, by everything that may be wrong: gaps that compaction left come this way, too.
        var sound = new SoundBatches(_file, sizeBytes, segmentEnd).Find(offset, position, BaseOffset + relativeOffset, out var isDamaged);
        if (isDamaged)
            return new RecordSlice([], sizeBytes: 0, damagedAt: offset);
        return sound is { } batch ? Read(batch, sizeBytes, bytesMax, endOffset, isFirstWhole) : null;
    }

    /// <summary>The first record at or after the time, looking from an offset on. Null: none in this segment.</summary>
    public (long Offset, long TimestampMs)? FindTime(long timestampMs, long fromOffset)
    {
        using var scanner = new BatchScanner(_file, Index.PositionBeforeTime(timestampMs), _sizeBytes, LookupBufferBytes);
        while (scanner.MoveNext())
        {
            if (scanner.Header.MaxTimestamp < timestampMs || scanner.Header.LastOffset < fromOffset || scanner.Header.IsControl)
                continue;
            if (TimeLookup.FirstAtOrAfter(scanner.BatchMemory(), scanner.Header, timestampMs, fromOffset) is { } found)
                return found;
        }

        return null;
    }

    /// <summary>Every batch from the one that holds the offset on.</summary>
    public void Visit(long fromOffset, BatchVisitor visit)
    {
        using var scanner = new BatchScanner(_file, Index.Before(Relative(fromOffset)).Position, _sizeBytes, LookupBufferBytes);
        while (scanner.MoveNext())
        {
            if (scanner.Header.LastOffset >= fromOffset)
                visit(scanner.Header, scanner);
        }
    }

    /// <summary>Forces the bytes to the disk, and once the file's name in its folder, without which they are lost.</summary>
    public void Flush()
    {
        RandomAccess.FlushToDisk(_file);
        if (_isNameOnDisk)
            return;
        FolderSync.Flush(Path.Folder);
        _isNameOnDisk = true;
    }

    /// <summary>Saves the index, which ends with the last batch then.</summary>
    public void SaveIndex() => Builder.Complete().Save(Path.Index, Path.TimeIndex);

    /// <summary>Lets go of the index of a closed segment; the next reader loads it again.</summary>
    public void UnloadIndex()
    {
        if (_isReplaced)
            return;
        _savedIndexBytes = IndexBytes;
        (_builder, _index) = (null, null);
    }

    /// <summary>Its files are about to become those of another segment: readers that still have this one keep its bytes by the handle, and its index by this.</summary>
    public void KeepForReaders()
    {
        _isReplaced = true;
        _ = Index;
    }

    /// <summary>Its batches in order, read a megabyte at a time.</summary>
    public BatchScanner Scan() => new(_file, 0, _sizeBytes, CheckBufferBytes);

    /// <summary>Removes the files. The handle is left to its finalizer, because a reader may be in the middle of it.</summary>
    public void Delete()
    {
        foreach (var file in Path.All)
            File.Delete(file);
    }

    public void Dispose() => _file.Dispose();

    private static SafeFileHandle Open(string path, FileMode mode, bool mayBeLast = false)
    {
        var file = File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        if (mayBeLast || Descriptors.AllowFile(file))
            return file;
        file.Dispose();
        throw new IOException($"{path} is one file too many to keep open: the system allows {Descriptors.Max} (ulimit -n).");
    }

    // Readers may load at the same time: the first to be done is believed. It must be, when the files are replaced meanwhile.
    private SegmentIndex LoadIndex()
    {
        var loaded = SegmentIndex.Load(Path.Index, Path.TimeIndex, _sizeBytes) ?? RebuildIndex();
        return Interlocked.CompareExchange(ref _index, loaded, null) ?? loaded;
    }

    private SegmentIndex RebuildIndex()
    {
        var builder = new IndexBuilder(BaseOffset, new SegmentIndex());
        using var scanner = new BatchScanner(_file, 0, _sizeBytes, LookupBufferBytes);
        while (scanner.MoveNext())
            builder.Note(scanner.Header, scanner.Position, LookupBufferBytes);
        return builder.Complete();
    }

    private void Scan(int indexIntervalBytes, bool isChecked, BatchVisitor visit)
    {
        var goodBytes = 0;
        var nextOffset = BaseOffset;
        var index = new SegmentIndex();
        var builder = new IndexBuilder(BaseOffset, index);
        using var scanner = new BatchScanner(_file, 0, _sizeBytes, isChecked ? CheckBufferBytes : LookupBufferBytes);
        while (scanner.MoveNext())
        {
            if (scanner.Header.BaseOffset < nextOffset || (isChecked && !BatchCheck.IsWhole(scanner.Batch(), out _)))
                break;
            builder.Note(scanner.Header, scanner.Position, indexIntervalBytes);
            visit(scanner.Header, scanner);
            goodBytes = scanner.NextPosition;
            nextOffset = scanner.Header.NextOffset;
        }

        (_builder, _index, _sizeBytes, _maxTimestamp, _endOffset) = (builder, index, goodBytes, builder.MaxTimestamp, nextOffset);
    }

    // By the last entry, which a closed segment's index has for its last batch. Where that is damaged, the end is not known.
    private long FindEndOffset(SegmentIndex index)
    {
        if (index.Count == 0)
            return BaseOffset;
        var endOffset = long.MaxValue;
        using var scanner = new BatchScanner(_file, index.Before(int.MaxValue).Position, _sizeBytes, LookupBufferBytes);
        while (scanner.MoveNext())
            endOffset = scanner.Header.NextOffset;
        return endOffset;
    }

    // The batch that holds the offset, by heads alone; null also where there are gaps or worse.
    private (int Position, BatchHeader Header)? Find(long offset, int position, long expectedOffset, int sizeBytes)
    {
        using var scanner = new BatchScanner(_file, position, sizeBytes, bufferBytes: 4_096);
        while (scanner.MoveNext() && scanner.Header.BaseOffset == expectedOffset)
        {
            if (scanner.Header.LastOffset >= offset)
                return (scanner.Position, scanner.Header);
            expectedOffset = scanner.Header.NextOffset;
        }

        return null;
    }

    // Up to the end of the segment, or to a batch that the index knows. Null where that is not far enough to be worth it.
    private StoredBatches? Defer(
        (int Position, BatchHeader Header) first, SegmentIndex index, int sizeBytes, long segmentEnd, long endOffset, Deferral deferral)
    {
        var (end, deferredEnd) = (sizeBytes, segmentEnd);
        if (endOffset < segmentEnd || sizeBytes - first.Position > deferral.BytesMax)
        {
            (end, var relativeEnd) = index.LastUpTo((int)Math.Min((long)first.Position + deferral.BytesMax, sizeBytes), Relative(endOffset));
            deferredEnd = BaseOffset + relativeEnd;
        }

        if (end - first.Position < deferral.BytesMin)
            return null;
        // The others are likely to be as large as the first.
        var pieceBytes = Math.Max(deferral.PieceBytes, Math.Min(first.Header.SizeBytes, end - first.Position) + BatchHeader.Bytes);
        return new StoredBatches(_file, first.Position, first.Header.BaseOffset, end, deferredEnd, sizeBytes, pieceBytes, deferral.ReportDamage);
    }

    private RecordSlice Read((int Position, BatchHeader Header) first, int sizeBytes, int bytesMax, long endOffset, bool isFirstWhole)
    {
        var wanted = Math.Min(isFirstWhole ? Math.Max(bytesMax, first.Header.SizeBytes) : bytesMax, sizeBytes - first.Position);
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, 1));
        var read = _file.ReadFully(buffer.AsSpan(0, wanted), first.Position);
        var (soundBytes, damagedAt) = BatchSpan.SoundBefore(buffer.AsSpan(0, read), endOffset, first.Header.BaseOffset);
        if (soundBytes == 0 && read < wanted)
            damagedAt = first.Header.BaseOffset;   // The file was cut.
        if (soundBytes > 0)
            return new RecordSlice(buffer, soundBytes, damagedAt);
        ArrayPool<byte>.Shared.Return(buffer);
        return new RecordSlice([], sizeBytes: 0, damagedAt);
    }

    private int Relative(long offset) => (int)Math.Clamp(offset - BaseOffset, 0, int.MaxValue);
}
