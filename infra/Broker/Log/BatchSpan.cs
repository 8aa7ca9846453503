using Streaming.Broker.Records;

namespace Streaming.Broker.Log;

/// <summary>Walks whole batches lying one after another in memory.</summary>
internal static class BatchSpan
{
    /// <summary>How many of the bytes are whole, undamaged batches that begin before an offset; and where a damaged one follows them, if one does.</summary>
    public static (int Bytes, long? DamagedAt) IntactBefore(ReadOnlySpan<byte> bytes, long endOffset)
    {
        var intact = 0;
        while (bytes.Length - intact >= BatchHeader.Bytes)
        {
            var header = BatchHeader.Read(bytes[intact..]);
            if (header.BaseOffset >= endOffset || (header.SizeBytes > bytes.Length - intact && header.SizeBytes >= BatchHeader.Bytes))
                break;
            if (!BatchCheck.IsWhole(bytes[intact..], out _))
                return (intact, header.BaseOffset);
            intact += header.SizeBytes;
        }

        return (intact, null);
    }

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
