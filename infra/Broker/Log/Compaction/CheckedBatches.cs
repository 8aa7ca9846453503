using Streaming.Broker.Records;

namespace Streaming.Broker.Log.Compaction;

/// <summary>Walks the batches of a closed segment, each checked by its CRC: what is damaged on disk must not be copied as if it were not.</summary>
internal sealed class CheckedBatches(LogSegment segment) : IDisposable
{
    private readonly BatchScanner _scanner = segment.Scan();

    public BatchHeader Header => _scanner.Header;

    public ReadOnlyMemory<byte> Batch => _scanner.BatchMemory();

    /// <summary>The offset that the walk has come to.</summary>
    public long Offset { get; private set; } = segment.BaseOffset;

    /// <exception cref="CorruptRecordsException">The next batch is damaged, or there is none where there must be one.</exception>
    public bool MoveNext()
    {
        if (!_scanner.MoveNext())
            return _scanner.NextPosition == segment.SizeBytes ? false : throw new CorruptRecordsException("There is no batch where one must begin.");
        Offset = Header.BaseOffset;
        return BatchCheck.IsWhole(_scanner.Batch(), out _) ? true : throw new CorruptRecordsException("The CRC of the batch does not match its bytes.");
    }

    public void Dispose() => _scanner.Dispose();
}
