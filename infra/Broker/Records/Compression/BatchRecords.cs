namespace Streaming.Broker.Records.Compression;

/// <summary>The records of a batch as bytes, whatever its codec.</summary>
internal static class BatchRecords
{
    /// <param name="inflated">Where they go when they are compressed; what it held before is gone.</param>
    /// <exception cref="CorruptRecordsException">They cannot be decompressed.</exception>
    public static ReadOnlySpan<byte> Of(ReadOnlyMemory<byte> batch, in BatchHeader header, BoundedBuffer inflated)
    {
        var records = batch[BatchHeader.Bytes..header.SizeBytes];
        if (header.Compression == Codecs.None)
            return records.Span;
        inflated.Clear();
        Codecs.Decode(header.Compression, records, inflated);
        return inflated.Written;
    }

    /// <exception cref="CorruptRecordsException">Other records were met than the batch's head counts.</exception>
    public static void ExpectAll(int met, string? error, in BatchHeader header)
    {
        if (error is not null || met != header.RecordCount)
            throw new CorruptRecordsException($"Record {met} of {header.RecordCount}: {error ?? "missing"}.");
    }
}
