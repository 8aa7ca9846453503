using Streaming.Broker.Records;

namespace Streaming.Broker.Log;

/// <summary>Walks whole batches lying one after another in memory.</summary>
internal static class BatchSpan
{
    /// <summary>How many of the bytes are sound batches that begin before an offset; and where a damaged one follows them, if one does.</summary>
    /// <param name="endOffset">An offset at which a batch begins or the log ends.</param>
    /// <param name="expectedOffset">Offset that the first batch has where there is no gap before it.</param>
    /// <param name="isSegmentEnd">Whether the bytes end with their segment, so that nothing behind the last batch can tell that it is at its place.</param>
    public static (int Bytes, long? DamagedAt) SoundBefore(ReadOnlySpan<byte> bytes, long endOffset, long expectedOffset, bool isSegmentEnd = false)
    {
        var sound = 0;
        while (bytes.Length - sound >= BatchHeader.Bytes)
        {
            var header = BatchHeader.Read(bytes[sound..]);
            if (header.SizeBytes > bytes.Length - sound)
                break;
            if (!SoundBatches.IsSound(bytes[sound..], expectedOffset, header.BaseOffset < endOffset ? endOffset : long.MaxValue, out _))
                return (sound, expectedOffset);
            // Behind a gap, its offset may be wrong: looked at again where it is asked for first, if what follows does not tell by now.
            if (header.BaseOffset >= endOffset
                || (header.BaseOffset > expectedOffset && !IsToldByNext(bytes[(sound + header.SizeBytes)..], header, expectedOffset, isSegmentEnd)))
                break;
            sound += header.SizeBytes;
            expectedOffset = header.NextOffset;
        }

        return (sound, null);
    }

    private static bool IsToldByNext(ReadOnlySpan<byte> behind, in BatchHeader header, long expectedOffset, bool isSegmentEnd) => behind.Length < BatchHeader.Bytes
        ? isSegmentEnd && behind.IsEmpty
        : BatchHeader.Read(behind).BaseOffset is var next && (next >= header.NextOffset || next < expectedOffset);

    /// <summary>The offset after the last batch; 0 when there is none.</summary>
    public static long NextOffset(ReadOnlySpan<byte> batches)
    {
        long next = 0;
        while (batches.Length >= BatchHeader.Bytes)
        {
            var header = BatchHeader.Read(batches);
            next = header.NextOffset;
            batches = batches[header.SizeBytes..];
        }

        return next;
    }
}
