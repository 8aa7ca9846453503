using Streaming.Broker.Records.Compression;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Records;

/// <summary>Decides whether bytes are a whole, undamaged record batch. Compressed records are looked into for compacted topics only.</summary>
internal static class BatchCheck
{
    private const int HighestCompression = 4;

    /// <summary>For the log's own bytes: is a whole batch here, as it was written?</summary>
    public static bool IsWhole(ReadOnlySpan<byte> bytes, out BatchHeader header)
    {
        header = default;
        if (bytes.Length < BatchHeader.Bytes)
            return false;
        header = BatchHeader.Read(bytes);
        return header.Magic == BatchHeader.SupportedMagic
            && header.SizeBytes >= BatchHeader.Bytes && header.SizeBytes <= bytes.Length
            && header.LastOffsetDelta >= 0
            && header.Crc == Crc32C.Compute(bytes[BatchHeader.CrcCoverageStart..header.SizeBytes]);
    }

    /// <summary>For bytes from outside, which must be exactly one batch.</summary>
    /// <param name="inflatedBytesMax">Most that the records may be when they are decompressed, which they are only where they must have keys.</param>
    public static BatchVerdict Incoming(ReadOnlySpan<byte> bytes, bool mustHaveKeys, out BatchHeader header, int inflatedBytesMax = int.MaxValue)
    {
        header = default;
        if (bytes.Length < BatchHeader.Bytes)
            return new(ErrorCode.CorruptMessage, $"{bytes.Length} bytes are no record batch, whose head alone takes {BatchHeader.Bytes}.");
        header = BatchHeader.Read(bytes);
        if (header.Magic != BatchHeader.SupportedMagic)
            return header.Magic is 0 or 1
                ? new(ErrorCode.UnsupportedForMessageFormat, $"Message format {header.Magic} is older than produce v3 allows; 2 is needed.")
                : new(ErrorCode.CorruptMessage, $"Message format {header.Magic} is unknown; 2 is needed.");
        if (header.SizeBytes != bytes.Length)
            return header.SizeBytes >= BatchHeader.Bytes && header.SizeBytes < bytes.Length
                ? new(ErrorCode.InvalidRecord, "A produce request holds exactly one record batch per partition.")
                : new(ErrorCode.CorruptMessage, $"The batch says that it has {header.SizeBytes} bytes; {bytes.Length} came.");
        if (header.Crc != Crc32C.Compute(bytes[BatchHeader.CrcCoverageStart..]))
            return new(ErrorCode.CorruptMessage, "The batch's CRC does not match its bytes.");
        List<RejectedRecord>? keyless = mustHaveKeys ? [] : null;
        if (Inside(bytes, header, keyless, inflatedBytesMax) is { } reason)
            return new(ErrorCode.InvalidRecord, reason);
        return keyless is { Count: > 0 }
            ? new(ErrorCode.InvalidRecord, $"{keyless.Count}{(keyless.Count == RejectedRecord.CountMax ? " or more" : "")} of {header.RecordCount} records have no key, which a compacted topic needs.", keyless)
            : BatchVerdict.Accepted;
    }

    private static string? Inside(ReadOnlySpan<byte> bytes, in BatchHeader header, List<RejectedRecord>? keyless, int inflatedBytesMax)
    {
        if (header.RecordCount <= 0 || header.LastOffsetDelta != header.RecordCount - 1)
            return $"The batch counts {header.RecordCount} records, and its last offset delta is {header.LastOffsetDelta}.";
        if (header.Compression > HighestCompression)
            return $"Compression {header.Compression} is unknown.";
        if (header.HasProducer && (header.ProducerEpoch < 0 || header.BaseSequence < 0) && !header.IsControl)
            return $"Producer {header.ProducerId} sent epoch {header.ProducerEpoch} and sequence {header.BaseSequence}.";
        if (header.IsTransactional && !header.HasProducer)
            return "A transactional batch needs a producer id.";
        if (header.Compression == Codecs.None)
            return RecordWalk.Check(bytes[BatchHeader.Bytes..], header.RecordCount, keyless);
        // Only compaction needs to read them, and it must be able to.
        return keyless is not null && Codecs.CanDecode(header.Compression)
            ? InsideCompressed(bytes[BatchHeader.Bytes..].ToArray(), header, keyless, inflatedBytesMax)
            : null;
    }

    private static string? InsideCompressed(byte[] compressed, in BatchHeader header, List<RejectedRecord> keyless, int inflatedBytesMax)
    {
        using var inflated = new BoundedBuffer(inflatedBytesMax);
        try
        {
            Codecs.Decode(header.Compression, compressed, inflated);
            return RecordWalk.Check(inflated.Written, header.RecordCount, keyless);
        }
        catch (CorruptRecordsException cause)
        {
            return cause.Message;
        }
    }
}
