using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Broker.Log;
using Streaming.Broker.Records;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Tests.Log;

/// <summary>Batches and logs whose details do not matter to a test.</summary>
internal static class Some
{
    public static readonly TopicPartition Partition = new("some", 0);

    public static PartitionLog Open(string folder, LogSettings? settings = null, TimeProvider? time = null) =>
        PartitionLog.Open(Partition, folder, settings ?? new LogSettings(), time ?? TimeProvider.System, NullLogger.Instance);

    /// <summary>An uncompressed batch of records with these values, from a producer if a sequence is given.</summary>
    public static byte[] Batch(
        string[] values, long producerId = -1, short epoch = -1, int sequence = -1, bool isTransactional = false, long timestampMs = 1_600_000_000_000)
    {
        var batch = BatchBuilder.Build(
            [.. values.Select(value => new JournalRecord("key"u8.ToArray(), System.Text.Encoding.UTF8.GetBytes(value)))], timestampMs, new ProducerStamp(producerId, epoch));
        System.Buffers.Binary.BinaryPrimitives.WriteInt16BigEndian(batch.AsSpan(21), isTransactional ? BatchHeader.TransactionalFlag : (short)0);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(53), sequence);
        BatchHeader.Seal(batch);
        return batch;
    }

    public static AppendResult Append(this PartitionLog log, byte[] batch) => log.Append(batch, BatchHeader.Read(batch));

    /// <summary>All values that a reader gets, reading as clients do: a little at a time, from the next offset on.</summary>
    public static List<string> Values(this PartitionLog log, int bytesMax = 1_000, bool isCommittedOnly = false)
    {
        var values = new List<string>();
        var offset = log.LogStartOffset;
        while (true)
        {
            using var records = log.Read(offset, bytesMax, isFirstWhole: true, isCommittedOnly).Records;
            if (records.SizeBytes == 0)
                return values;
            offset = Read(records.Bytes.Span, values);
        }
    }

    private static long Read(ReadOnlySpan<byte> batches, List<string> values)
    {
        long next = 0;
        while (batches.Length > 0)
        {
            BatchCheck.IsWhole(batches, out var header).ShouldBeTrue();
            var walk = new RecordWalk(batches[BatchHeader.Bytes..header.SizeBytes]);
            while (!header.IsControl && walk.MoveNext())
                values.Add(System.Text.Encoding.UTF8.GetString(walk.Current.Value));
            next = header.NextOffset;
            batches = batches[header.SizeBytes..];
        }

        return next;
    }
}
