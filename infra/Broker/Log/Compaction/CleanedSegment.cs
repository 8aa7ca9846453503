using Microsoft.Win32.SafeHandles;
using Streaming.Broker.Records;

namespace Streaming.Broker.Log.Compaction;

/// <summary>A compacted segment being written beside the log, in files named <c>.cleaned</c>. Without <see cref="Complete"/> they are deleted.</summary>
internal sealed class CleanedSegment : IDisposable
{
    private const int BufferBytes = 1_024 * 1_024;
    private readonly SafeFileHandle _file;
    private readonly BoundedBuffer _buffer = new();
    private readonly IndexBuilder _index;
    private readonly LogPath _path;
    private readonly int _indexIntervalBytes;
    private int _writtenBytes;
    private bool _isComplete;

    public CleanedSegment(string folder, long baseOffset, int indexIntervalBytes)
    {
        _path = new LogPath(folder, baseOffset).Cleaned;
        _indexIntervalBytes = indexIntervalBytes;
        _index = new IndexBuilder(baseOffset, new SegmentIndex());
        _file = File.OpenHandle(_path.Log, FileMode.Create, FileAccess.Write);
    }

    public int SizeBytes => _writtenBytes + _buffer.Length;

    /// <exception cref="CorruptRecordsException">The segment would be larger than a segment can be.</exception>
    public void Append(ReadOnlySpan<byte> batch)
    {
        if (batch.Length > int.MaxValue - SizeBytes)
            throw new CorruptRecordsException("What is left does not fit in one segment: it was compressed by a codec that has no encoder here.");
        _index.Note(BatchHeader.Read(batch), SizeBytes, _indexIntervalBytes);
        _buffer.Write(batch);
        if (_buffer.Length >= BufferBytes)
            Write();
    }

    /// <summary>On return all of it is on disk.</summary>
    public void Complete(IEnumerable<AbortedTransaction> aborted)
    {
        Write();
        RandomAccess.FlushToDisk(_file);
        _index.Complete().Save(_path.Index, _path.TimeIndex);
        // Also when there are none: the file replaces one that may have had some.
        AbortedTransactions.Save(aborted, _path.TransactionIndex);
        _isComplete = true;
    }

    /// <summary>It was complete, and is not wanted after all.</summary>
    /// <returns>False, always.</returns>
    public bool Abandon() => _isComplete = false;

    public void Dispose()
    {
        _file.Dispose();
        _buffer.Dispose();
        if (_isComplete)
            return;
        foreach (var file in _path.All)
            File.Delete(file);
    }

    private void Write()
    {
        RandomAccess.Write(_file, _buffer.Written, _writtenBytes);
        _writtenBytes += _buffer.Length;
        _buffer.Clear();
    }
}
