using System.Text;
using Streaming.Broker.Log;
using Streaming.Broker.Records;
using Streaming.Broker.Records.Compression;
using Streaming.Broker.Wire;
using Streaming.Shared;

namespace Streaming.Broker.Tests.Log.Compaction;

/// <summary>A record as a consumer gets it.</summary>
internal readonly record struct ReadRecord(long Offset, string? Key, string? Value, long TimestampMs);

/// <summary>Reads a log as consumers do: a little at a time, skipping by itself what was aborted, as the protocol wants it.</summary>
internal static class LogReader
{
    public static List<ReadRecord> Records(this PartitionLog log, bool isCommittedOnly = true, long? fromOffset = null, int bytesMax = 2_000, bool mayDefer = false)
    {
        var records = new List<ReadRecord>();
        var offset = fromOffset ?? log.LogStartOffset;
        while (true)
        {
            var read = log.Read(offset, bytesMax, isFirstWhole: true, isCommittedOnly, mayDefer ? bytesMax : 0);
            using var bytes = read.Records;
            read.Error.ShouldBe(ErrorCode.None);
            if (bytes.SizeBytes == 0)
                return records;
            offset = Read(bytes.Sent(), read.Aborted ?? [], offset, records);
        }
    }

    /// <summary>The batches as they are sent, piece by piece where they are deferred.</summary>
    public static ReadOnlyMemory<byte> Sent(this RecordSlice slice)
    {
        if (slice.Deferred is not { } deferred)
            return slice.Bytes;
        var sent = new List<byte>();
        while (deferred.Next() is { Length: > 0 } piece)
            sent.AddRange(piece.Span);
        sent.Count.ShouldBe(slice.SizeBytes);
        return sent.ToArray();
    }

    /// <summary>The newest value of each key; keys whose newest is a tombstone are absent.</summary>
    public static SortedDictionary<string, string> Fold(IEnumerable<ReadRecord> records)
    {
        var newest = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var record in records)
        {
            if (record.Value is null)
                newest.Remove(record.Key!);
            else
                newest[record.Key!] = record.Value;
        }

        return newest;
    }

    public static List<BatchHeader> Heads(this PartitionLog log)
    {
        var heads = new List<BatchHeader>();
        log.Visit(0, (in BatchHeader header, BatchScanner scanner) =>
        {
            BatchCheck.IsWhole(scanner.Batch(), out _).ShouldBeTrue($"@{header.BaseOffset}");
            heads.Add(header);
        });
        return heads;
    }

    private static long Read(ReadOnlyMemory<byte> batches, IReadOnlyList<AbortedTransaction> aborted, long fromOffset, List<ReadRecord> records)
    {
        var coming = new Queue<AbortedTransaction>(aborted.OrderBy(transaction => transaction.FirstOffset));
        var aborting = new HashSet<long>();
        long next = fromOffset;
        while (batches.Length > 0)
        {
            BatchCheck.IsWhole(batches.Span, out var header).ShouldBeTrue();
            while (coming.TryPeek(out var first) && first.FirstOffset <= header.LastOffset)
                aborting.Add(coming.Dequeue().ProducerId);
            var batch = batches[..header.SizeBytes];
            if (header.IsControl)
            {
                if (ControlMarker.IsCommit(batch.Span) == false)
                    aborting.Remove(header.ProducerId);
            }
            else if (!header.IsTransactional || !aborting.Contains(header.ProducerId))
            {
                AddRecords(batch, header, fromOffset, records);
            }

            next = header.NextOffset;
            batches = batches[header.SizeBytes..];
        }

        return next;
    }

    private static void AddRecords(ReadOnlyMemory<byte> batch, BatchHeader header, long fromOffset, List<ReadRecord> records)
    {
        using var inflated = new BoundedBuffer();
        var walk = new RecordWalk(BatchRecords.Of(batch, header, inflated));
        while (walk.MoveNext())
        {
            var offset = header.BaseOffset + walk.Current.OffsetDelta;
            if (offset < fromOffset)
                continue;
            records.Add(new ReadRecord(
                offset, walk.Current.HasKey ? Encoding.UTF8.GetString(walk.Current.Key) : null,
                walk.Current.HasValue ? Encoding.UTF8.GetString(walk.Current.Value) : null, header.BaseTimestamp + walk.Current.TimestampDelta));
        }
    }
}
