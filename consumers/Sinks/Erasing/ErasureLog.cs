using Confluent.Kafka;
using Streaming.Contracts.Commands;
using Streaming.Serdes;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Reading;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Erasing;

/// <summary>Reads erasures topics: partition p of one speaks of partition p of its context's events.</summary>
/// <param name="topics">Erasures topic by events topic.</param>
internal sealed class ErasureLog(LogReader log, IReadOnlyDictionary<string, string> topics, RecordReaders readers) : IErasureLog
{
    /// <exception cref="PartitionStoppedException">A record there is no erasure.</exception>
    public async Task<ErasuresRead> ReadAsync(SourcePartition source, long fromOffset, CancellationToken cancellationToken)
    {
        var (records, end) = await log.ReadAsync(new TopicPartition(topics[source.Topic], source.Partition), fromOffset, cancellationToken);
        var erasures = new List<Erasure>(records.Count);
        foreach (var record in records)
            erasures.Add(await DecodeAsync(record, cancellationToken));
        return new(erasures, end);
    }

    private async Task<Erasure> DecodeAsync(ConsumeResult<byte[]?, byte[]?> record, CancellationToken cancellationToken)
    {
        try
        {
            if (record.Message.Value is not { } value)
                throw Wrong(record, "it takes an erasure back, which nobody can");
            if (!WireFormat.TryRead(value, out var schemaId, out _, out var why))
                throw Wrong(record, why);
            var reader = await readers.FindAsync(schemaId, cancellationToken);
            return reader.Read(value.AsSpan(WireFormat.PrefixBytes)) is AggregateErased erased
                ? new(erased.AggregateId, erased.LastSequence, erased.Reason, erased.ErasedAt)
                : throw Wrong(record, $"it is a {reader.Writer.FullName}");
        }
        catch (UndecodableRecordException cause)
        {
            throw Wrong(record, cause.Message);
        }
    }

    private static PartitionStoppedException Wrong(ConsumeResult<byte[]?, byte[]?> record, string what) => new(
        $"the record at {record.Topic}-{record.Partition.Value}@{record.Offset.Value} is no erasure: {what}. What was erased cannot be told apart from what is lost.");
}
