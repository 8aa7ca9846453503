using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Streaming.Broker.Records;

namespace Streaming.Broker.Log;

/// <summary>One file of a partition's log, named by the offset it begins at, with its index.</summary>
/// <remarks>One writer, under the lock of its log; any number of readers beside it, who see what <see cref="SizeBytes"/> covers.</remarks>
internal sealed class LogSegment : IDisposable
{
    private const int LookupBufferBytes = 16 * 1_024;
    private readonly SafeFileHandle _file;
    private SegmentIndex _index;
    private volatile int _sizeBytes;
    private int _bytesSinceIndexEntry;
    private int _lastBatchPosition = -1;
    private long _maxTimestamp;

    private LogSegment(LogPath path, long baseOffset, SafeFileHandle file, SegmentIndex index, int sizeBytes)
    {
        (Path, BaseOffset, _file, _index, _sizeBytes) = (path, baseOffset, file, index, sizeBytes);
        _maxTimestamp = index.MaxTimestamp;
    }

    public long BaseOffset { get; }

    public LogPath Path { get; }

    public int SizeBytes => _sizeBytes;

    /// <summary>Largest timestamp of its records; -1 when there is none.</summary>
    public long MaxTimestamp => Volatile.Read(ref _maxTimestamp);

    /// <summary>When the first batch was appended by this process; null before.</summary>
    public long? FirstAppendedMs { get; private set; }

    public static LogSegment Create(string folder, long baseOffset)
    {
        var path = new LogPath(folder, baseOffset);
        return new LogSegment(path, baseOffset, Open(path.Log, FileMode.Create), new SegmentIndex(), sizeBytes: 0);
    }

    /// <summary>Opens a segment whose bytes are known to be whole; an index that is missing or damaged is rebuilt from them.</summary>
    public static LogSegment OpenTrusted(string folder, long baseOffset, int indexIntervalBytes)
    {
        var path = new LogPath(folder, baseOffset);
        var file = Open(path.Log, FileMode.Open);
        var sizeBytes = checked((int)RandomAccess.GetLength(file));
        var index = SegmentIndex.Load(path.Index, path.TimeIndex, sizeBytes);
        var segment = new LogSegment(path, baseOffset, file, index ?? new SegmentIndex(), sizeBytes);
        if (index is null)
            segment.Rescan(indexIntervalBytes, isTrusted: true, static (in _, _) => { });
        return segment;
    }

    /// <summary>Opens a segment that may be torn or damaged: every batch is checked, the index rebuilt, and what follows the last good batch cut off.</summary>
    /// <returns>The segment, and how many bytes were cut off.</returns>
    public static (LogSegment Segment, int CutBytes) Recover(string folder, long baseOffset, int indexIntervalBytes, BatchVisitor visit)
    {
        var path = new LogPath(folder, baseOffset);
        var file = Open(path.Log, FileMode.Open);
        var foundBytes = (int)Math.Min(RandomAccess.GetLength(file), int.MaxValue);
        var segment = new LogSegment(path, baseOffset, file, new SegmentIndex(), foundBytes);
        segment.Rescan(indexIntervalBytes, isTrusted: false, visit);
        if (segment.SizeBytes < RandomAccess.GetLength(file))
            RandomAccess.SetLength(file, segment.SizeBytes);
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

        FirstAppendedMs ??= nowMs;
        Note(header, position, indexIntervalBytes);
        _sizeBytes = position + batch.Length;
    }

    /// <summary>Whole batches from the one that holds the offset, up to a size, ending before an offset.</summary>
    /// <returns>Null when this segment holds nothing at or after the offset. Empty when the first batch does not fit, or begins at the end.</returns>
    public RecordSlice? Read(long offset, int bytesMax, long endOffset, bool isFirstWhole)
    {
        var sizeBytes = _sizeBytes;
        var position = Find(offset, sizeBytes);
        if (position < 0)
            return null;
        var wanted = Math.Min(bytesMax, sizeBytes - position);
        if (isFirstWhole && wanted < sizeBytes - position)
            wanted = Math.Max(wanted, HeaderAt(position, sizeBytes)?.SizeBytes ?? 0);
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, 1));
        var read = ReadFully(buffer.AsSpan(0, wanted), position);
        return new RecordSlice(buffer, 0, WholeBatches(buffer.AsSpan(0, read), endOffset));
    }

    /// <summary>The first record at or after the time, looking from an offset on. Null: none in this segment.</summary>
    public (long Offset, long TimestampMs)? FindTime(long timestampMs, long fromOffset)
    {
        using var scanner = new BatchScanner(_file, _index.PositionBeforeTime(timestampMs), _sizeBytes, LookupBufferBytes);
        while (scanner.MoveNext())
        {
            if (scanner.Header.MaxTimestamp < timestampMs || scanner.Header.LastOffset < fromOffset || scanner.Header.IsControl)
                continue;
            if (TimeLookup.FirstAtOrAfter(scanner.Batch(), scanner.Header, timestampMs, fromOffset) is { } found)
                return found;
        }

        return null;
    }

    /// <summary>Every batch from a position that holds or precedes the offset.</summary>
    public void Visit(long fromOffset, BatchVisitor visit)
    {
        using var scanner = new BatchScanner(_file, _index.PositionBefore(Relative(fromOffset)), _sizeBytes, LookupBufferBytes);
        while (scanner.MoveNext())
        {
            if (scanner.Header.LastOffset >= fromOffset)
                visit(scanner.Header, scanner);
        }
    }

    /// <summary>Forces the bytes to the disk.</summary>
    public void Flush() => RandomAccess.FlushToDisk(_file);

    /// <summary>Gives the last batch its index entry, and saves the index.</summary>
    public void SaveIndex()
    {
        if (_lastBatchPosition >= 0 && !_index.EndsWith(_lastBatchPosition) && HeaderAt(_lastBatchPosition, _sizeBytes) is { } last)
            _index.Add(new SegmentIndex.Entry(Relative(last.BaseOffset), _lastBatchPosition, _maxTimestamp));
        _index.Save(Path.Index, Path.TimeIndex);
    }

    /// <summary>Removes the files. The handle is left to its finalizer, because a reader may be in the middle of it.</summary>
    public void Delete()
    {
        foreach (var file in Path.All)
            File.Delete(file);
    }

    public void Dispose() => _file.Dispose();

    private static SafeFileHandle Open(string path, FileMode mode) =>
        File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);

    private void Rescan(int indexIntervalBytes, bool isTrusted, BatchVisitor visit)
    {
        var end = _sizeBytes;
        var goodBytes = 0;
        var nextOffset = BaseOffset;
        _index = new SegmentIndex();
        _maxTimestamp = BatchHeader.NoTimestamp;
        using var scanner = new BatchScanner(_file, 0, end, bufferBytes: isTrusted ? LookupBufferBytes : 1_024 * 1_024);
        while (scanner.MoveNext())
        {
            if (scanner.Header.BaseOffset < nextOffset || (!isTrusted && !BatchCheck.IsWhole(scanner.Batch(), out _)))
                break;
            Note(scanner.Header, scanner.Position, indexIntervalBytes);
            visit(scanner.Header, scanner);
            goodBytes = scanner.NextPosition;
            nextOffset = scanner.Header.NextOffset;
        }

        _sizeBytes = goodBytes;
    }

    private void Note(in BatchHeader header, int position, int indexIntervalBytes)
    {
        _maxTimestamp = Math.Max(_maxTimestamp, header.MaxTimestamp);
        _lastBatchPosition = position;
        if (_bytesSinceIndexEntry > indexIntervalBytes)
        {
            _index.Add(new SegmentIndex.Entry(Relative(header.BaseOffset), position, _maxTimestamp));
            _bytesSinceIndexEntry = 0;
        }

        _bytesSinceIndexEntry += header.SizeBytes;
    }

    // Position of the batch that holds the offset, or of the first after it; -1 when there is none.
    private int Find(long offset, int sizeBytes)
    {
        using var scanner = new BatchScanner(_file, _index.PositionBefore(Relative(offset)), sizeBytes, bufferBytes: 4_096);
        while (scanner.MoveNext())
        {
            if (scanner.Header.LastOffset >= offset)
                return scanner.Position;
        }

        return -1;
    }

    private BatchHeader? HeaderAt(int position, int sizeBytes)
    {
        using var scanner = new BatchScanner(_file, position, sizeBytes, BatchHeader.Bytes);
        return scanner.MoveNext() ? scanner.Header : null;
    }

    private static int WholeBatches(ReadOnlySpan<byte> bytes, long endOffset)
    {
        var whole = 0;
        while (bytes.Length - whole >= BatchHeader.Bytes)
        {
            var header = BatchHeader.Read(bytes[whole..]);
            if (header.SizeBytes > bytes.Length - whole || header.SizeBytes < BatchHeader.Bytes || header.BaseOffset >= endOffset)
                break;
            whole += header.SizeBytes;
        }

        return whole;
    }

    private int ReadFully(Span<byte> buffer, int position)
    {
        var done = 0;
        while (done < buffer.Length)
        {
            var read = RandomAccess.Read(_file, buffer[done..], (long)position + done);
            if (read == 0)
                break;
            done += read;
        }

        return done;
    }

    private int Relative(long offset) => (int)Math.Clamp(offset - BaseOffset, 0, int.MaxValue);
}
