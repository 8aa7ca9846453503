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
        string[] values, long producerId = -1, short epoch = -1, int sequence = -1, bool isTransactional = false, long timestampMs = 1_600_000_000_000) =>
        Batch([.. values.Select(value => new JournalRecord("key"u8.ToArray(), Utf8(value)))], producerId, epoch, sequence, isTransactional, timestampMs);

    private static byte[] Batch(JournalRecord[] records, long producerId, short epoch, int sequence, bool isTransactional, long timestampMs)
    {
        var batch = BatchBuilder.Build(records, timestampMs, new ProducerStamp(producerId, epoch));
        System.Buffers.Binary.BinaryPrimitives.WriteInt16BigEndian(batch.AsSpan(21), isTransactional ? BatchHeader.TransactionalFlag : (short)0);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(53), sequence);
        BatchHeader.Seal(batch);
        return batch;
    }

    /// <summary>An uncompressed batch of keys with their values, null for a tombstone.</summary>
    public static byte[] Keyed(
        (string Key, string? Value)[] records, long producerId = -1, short epoch = -1, int sequence = -1, bool isTransactional = false,
        long timestampMs = 1_600_000_000_000) =>
        Batch([.. records.Select(record => new JournalRecord(Utf8(record.Key)!.Value, Utf8(record.Value)))], producerId, epoch, sequence, isTransactional, timestampMs);

    /// <summary>An uncompressed batch of keys with times of their own.</summary>
    public static byte[] Timed((string Key, long TimestampMs)[] records)
    {
        var batch = Keyed([.. records.Select(record => (record.Key, (string?)"value"))], timestampMs: records[0].TimestampMs);
        List<byte> timed = [.. batch[..BatchHeader.Bytes]];
        var walk = new RecordWalk(batch.AsSpan(BatchHeader.Bytes));
        var delta = new byte[Varint.BytesMax];
        for (var i = 0; walk.MoveNext(); i++)
        {
            var deltaBytes = Varint.Write(delta, records[i].TimestampMs - records[0].TimestampMs);
            timed.AddRange([(byte)((1 + deltaBytes + walk.Current.AfterTimestamp.Length) * 2), 0, .. delta.AsSpan(0, deltaBytes), .. walk.Current.AfterTimestamp]);
        }

        var result = timed.ToArray();
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(result.AsSpan(8), result.Length - BatchHeader.LengthOverheadBytes);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(result.AsSpan(35), records.Max(record => record.TimestampMs));
        BatchHeader.Seal(result);
        return result;
    }

    /// <summary>A batch of one record without a key, as a topic may hold that was not always compacted.</summary>
    public static byte[] Keyless(string value)
    {
        var head = Batch([value])[..BatchHeader.Bytes];
        // Attributes, deltas, no key (-1), the value, no headers; all lengths as zigzag varints of one byte.
        byte[] record = [0, 0, 0, 1, (byte)(value.Length * 2), .. System.Text.Encoding.ASCII.GetBytes(value), 0];
        byte[] batch = [.. head, (byte)(record.Length * 2), .. record];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(8), batch.Length - BatchHeader.LengthOverheadBytes);
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

    /// <summary>The heads of batches that lie one after another, each whole.</summary>
    public static List<BatchHeader> WholeBatches(ReadOnlySpan<byte> batches)
    {
        var heads = new List<BatchHeader>();
        while (batches.Length > 0)
        {
            BatchCheck.IsWhole(batches, out var header).ShouldBeTrue();
            heads.Add(header);
            batches = batches[header.SizeBytes..];
        }

        return heads;
    }

    private static ReadOnlyMemory<byte>? Utf8(string? text)
    {
        // Not "? :", which would turn null into empty memory.
        if (text is null)
            return null;
        return System.Text.Encoding.UTF8.GetBytes(text);
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
