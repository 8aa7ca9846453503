using Streaming.Broker.Records;

namespace Streaming.Broker.Log;

/// <summary>Walks whole batches lying one after another in memory.</summary>
internal static class BatchSpan
{
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
