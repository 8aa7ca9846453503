using Confluent.Kafka;

namespace Streaming.Commands.Restoring;

/// <summary>Reads a partition's committed records on the calling thread, from an offset to an end that is known.</summary>
internal static class CommittedRecords
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(200);

    /// <param name="consumer">Assigned to nothing; reads committed records and reports the end of partitions.</param>
    /// <param name="end">Where the partition ended, open transactions included, when its last writer was fenced: nothing can come any more
    /// that is not before it.</param>
    public static void ForEach(
        IConsumer<byte[], byte[]> consumer, TopicPartitionOffset from, long end, Action<ConsumeResult<byte[], byte[]>> take, CancellationToken stopping)
    {
        if (end == 0 || from.Offset.Value >= end)
            return;
        consumer.Assign(from);
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            var record = consumer.Consume(PollTime);
            if (record is null)
                continue;
            if (!record.IsPartitionEOF)
                take(record);
            // An end before the one awaited is that of the committed records; markers of the predecessor are still being written.
            else if (record.Offset.Value >= end)
                break;
        }

        consumer.Unassign();
    }
}
