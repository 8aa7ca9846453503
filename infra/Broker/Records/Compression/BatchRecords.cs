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

    /// <summary>Compressed records came in unseen: an offset that is not the record's own would make it newer than records it is older than.</summary>
    /// <exception cref="CorruptRecordsException">The record's offset is not behind the one before it, or not in its batch.</exception>
    public static void ExpectOffset(int offsetDelta, ref int previousDelta, in BatchHeader header)
    {
        if (offsetDelta <= previousDelta || offsetDelta > header.LastOffsetDelta)
            throw new CorruptRecordsException($"A record with offset delta {offsetDelta} follows {previousDelta}, in a batch that ends with {header.LastOffsetDelta}.");
        previousDelta = offsetDelta;
    }

    /// <exception cref="CorruptRecordsException">Other records were met than the batch's head counts.</exception>
    public static void ExpectAll(int met, string? error, in BatchHeader header)
    {
        if (error is not null || met != header.RecordCount)
            throw new CorruptRecordsException($"Record {met} of {header.RecordCount}: {error ?? "missing"}.");
    }
}
