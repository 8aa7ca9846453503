using Streaming.Broker.Records;

namespace Streaming.Broker.Log;

/// <summary>Walks whole batches lying one after another in memory.</summary>
internal static class BatchSpan
{
    /// <summary>How many of the bytes are sound batches, the first known to be at its place, that begin before an offset; and where a damaged one follows
    /// them, if one does.</summary>
    public static (int Bytes, long? DamagedAt) SoundBefore(ReadOnlySpan<byte> bytes, long endOffset)
    {
        var sound = 0;
        var expected = -1L;
        while (bytes.Length - sound >= BatchHeader.Bytes)
        {
            var header = BatchHeader.Read(bytes[sound..]);
            expected = expected < 0 ? header.BaseOffset : expected;
            if (header.SizeBytes > bytes.Length - sound)
                break;
            if (!SoundBatches.IsSound(bytes[sound..], expected, long.MaxValue, out _))
                return (sound, expected);
            // Behind a gap, its offset may be wrong: looked at again where it is asked for first, if what follows does not tell by now.
            if (header.BaseOffset >= endOffset || (header.BaseOffset > expected && !IsToldByNext(bytes[(sound + header.SizeBytes)..], header, expected)))
                break;
            sound += header.SizeBytes;
            expected = header.NextOffset;
        }

        return (sound, null);
    }

    private static bool IsToldByNext(ReadOnlySpan<byte> behind, in BatchHeader header, long expected) =>
        behind.Length >= BatchHeader.Bytes && BatchHeader.Read(behind).BaseOffset is var next && (next >= header.NextOffset || next < expected);

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
