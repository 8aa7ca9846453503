using Streaming.Broker.Groups.Offsets;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Groups;

/// <summary>A journal that a test reads, breaks and starts another coordinator from.</summary>
internal sealed class MemoryJournal(int partition = 0) : IJournal
{
    private readonly List<JournalEntry> _entries = [];

    public TopicPartition Partition { get; } = new(OffsetsTopic.Name, partition);

    /// <summary>What the next appends are answered; none of them is kept unless it is None.</summary>
    public ErrorCode Error { get; set; }

    /// <summary>How many more appends are kept before the disk is full.</summary>
    public int Room { get; set; } = int.MaxValue;

    public int Count => _entries.Count;

    public ErrorCode Append(IReadOnlyList<JournalRecord> records, ProducerStamp? transaction = null)
    {
        if (Room-- <= 0)
            return ErrorCode.KafkaStorageError;
        if (Error == ErrorCode.None)
            _entries.AddRange(records.Select(record => new JournalEntry(_entries.Count, record, transaction, IsCommit: false)));
        return Error;
    }

    /// <summary>Writes a transaction marker, as the transaction coordinator does.</summary>
    public void End(ProducerStamp producer, bool isCommit) => _entries.Add(new JournalEntry(_entries.Count, Record: null, producer, isCommit));

    public IEnumerable<JournalEntry> Read() => [.. _entries];
}
