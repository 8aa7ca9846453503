using Streaming.Broker.Log;
using Streaming.Broker.Records;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Topics;

/// <summary>A coordinator's journal in the log of an internal topic's partition.</summary>
internal sealed class LogJournal(PartitionLog log, TimeProvider time) : IJournal
{
    public TopicPartition Partition => log.Partition;

    public ErrorCode Append(IReadOnlyList<JournalRecord> records, ProducerStamp? transaction = null)
    {
        var batch = BatchBuilder.Build(records, time.GetUtcNow().ToUnixTimeMilliseconds(), transaction);
        var error = log.Append(batch, BatchHeader.Read(batch)).Error;
        return error == ErrorCode.None ? log.Persist() : error;
    }

    public IEnumerable<JournalEntry> Read()
    {
        var entries = new List<JournalEntry>();
        for (var offset = log.LogStartOffset; offset < log.NextOffset;)
        {
            entries.Clear();
            offset = ReadSome(offset, entries);
            foreach (var entry in entries)
                yield return entry;
        }
    }

    private long ReadSome(long offset, List<JournalEntry> entries)
    {
        const int ReadBytes = 1_024 * 1_024;
        var read = log.Read(offset, ReadBytes, isFirstWhole: true, isCommittedOnly: false);
        using var records = read.Records;
        // Going on without it would forget what groups and transactions were told.
        if (read.Error == ErrorCode.CorruptMessage)
            throw new InvalidDataException($"{log.Partition}@{offset} is damaged on disk, and the broker's state with it: restore the data folder from a backup.");
        if (records.SizeBytes == 0)
            return log.NextOffset;
        // Entries outlive the rented memory, hence the one copy.
        ReadOnlyMemory<byte> batches = records.Bytes.ToArray();
        while (batches.Length > 0)
        {
            var header = BatchHeader.Read(batches.Span);
            AddEntries(batches[..header.SizeBytes], header, entries);
            offset = header.NextOffset;
            batches = batches[header.SizeBytes..];
        }

        return offset;
    }

    private static ReadOnlyMemory<byte>? Value(RecordView record)
    {
        // Not "? :", which would turn null into empty memory, and a deletion into a value.
        if (!record.HasValue)
            return null;
        return record.Value.ToArray();
    }

    private static void AddEntries(ReadOnlyMemory<byte> batch, in BatchHeader header, List<JournalEntry> entries)
    {
        ProducerStamp? transaction = header.IsTransactional ? new ProducerStamp(header.ProducerId, header.ProducerEpoch) : null;
        if (header.IsControl)
        {
            if (ControlMarker.IsCommit(batch.Span) is { } isCommit)
                entries.Add(new JournalEntry(header.BaseOffset, Record: null, transaction, isCommit));
            return;
        }

        var walk = new RecordWalk(batch.Span[BatchHeader.Bytes..]);
        while (walk.MoveNext())
        {
            var record = new JournalRecord(walk.Current.Key.ToArray(), Value(walk.Current));
            entries.Add(new JournalEntry(header.BaseOffset + walk.Current.OffsetDelta, record, transaction, IsCommit: false));
        }
    }
}
