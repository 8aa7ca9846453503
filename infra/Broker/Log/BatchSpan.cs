using Streaming.Broker.Records;

namespace Streaming.Broker.Log;

/// <summary>Walks whole batches lying one after another in memory.</summary>
internal static class BatchSpan
{
    /// <summary>How many of the bytes are whole batches that begin before an offset.</summary>
    public static int WholeBytesBefore(ReadOnlySpan<byte> bytes, long endOffset)
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
