using Streaming.Broker.Records;

namespace Streaming.Broker.Log;

/// <summary>Walks whole batches lying one after another in memory.</summary>
internal static class BatchSpan
{
    /// <summary>How many of the bytes are sound batches that begin before an offset; and where a damaged one follows them, if one does.</summary>
    /// <param name="expected">Offset that the first batch has where there is no gap before it.</param>
    /// <param name="isEnd">Whether the bytes end with their segment, so that nothing behind the last batch can tell that it is at its place.</param>
    public static (int Bytes, long? DamagedAt) SoundBefore(ReadOnlySpan<byte> bytes, long endOffset, long expected, bool isEnd = false)
    {
        var sound = 0;
        while (bytes.Length - sound >= BatchHeader.Bytes)
        {
            var header = BatchHeader.Read(bytes[sound..]);
            if (header.SizeBytes > bytes.Length - sound)
                break;
            if (!SoundBatches.IsSound(bytes[sound..], expected, long.MaxValue, out _))
                return (sound, expected);
            // Behind a gap, its offset may be wrong: looked at again where it is asked for first, if what follows does not tell by now.
            if (header.BaseOffset >= endOffset || (header.BaseOffset > expected && !IsToldByNext(bytes[(sound + header.SizeBytes)..], header, expected, isEnd)))
                break;
            sound += header.SizeBytes;
            expected = header.NextOffset;
        }

        return (sound, null);
    }

    private static bool IsToldByNext(ReadOnlySpan<byte> behind, in BatchHeader header, long expected, bool isEnd) => behind.Length < BatchHeader.Bytes
        ? isEnd && behind.IsEmpty
        : BatchHeader.Read(behind).BaseOffset is var next && (next >= header.NextOffset || next < expected);

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
