using Confluent.Kafka;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Reading;

namespace Streaming.Sinks.DeadLetters;

/// <summary>A sink's dead-letter topic.</summary>
/// <param name="topic">Its name. Partition p of it holds what came from partition p of any topic.</param>
internal sealed class DeadLetterLog(string topic, LogReader log, IProducer<byte[]?, byte[]?> producer, TimeProvider time) : IDeadLetterLog
{
    public async Task<IReadOnlyList<DeadLetter>> ReadAsync(SourcePartition source, CancellationToken cancellationToken)
    {
        var (records, _) = await log.ReadAsync(new TopicPartition(topic, source.Partition), fromOffset: 0, cancellationToken);
        return [.. DeadLetterFormat.Newest(records).Where(letter => letter.Topic == source.Topic)];
    }

    public async Task<IReadOnlyList<DeadLetter>> TakeUpAsync(IReadOnlyList<(LogRecord Record, string Reason)> failed, CancellationToken cancellationToken)
    {
        // A record that waits for its turn carries only those headers that a sink needs: the others are read once more.
        var (first, last) = (failed[0].Record, failed[^1].Record);
        var (found, _) = await log.ReadAsync(new TopicPartition(first.Topic, first.Partition), first.Offset, last.Offset + 1, cancellationToken);
        var whole = found
            .ToDictionary(record => record.Offset.Value, record => record.Message.Headers);
        return [.. failed.Select(one => TakeUp(one.Record, one.Reason, whole.GetValueOrDefault(one.Record.Offset) ?? []))];
    }

    public Task WriteAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken) => Task.WhenAll(letters.Select(
        letter => producer.ProduceAsync(new TopicPartition(topic, letter.Partition), DeadLetterFormat.ToMessage(letter), cancellationToken)));

    private DeadLetter TakeUp(LogRecord record, string reason, Headers headers) => new()
    {
        Topic = record.Topic,
        Partition = record.Partition,
        Offset = record.Offset,
        Key = record.Key,
        Value = record.Value,
        Headers = [.. headers.Select(header => KeyValuePair.Create(header.Key, (byte[]?)header.GetValueBytes()))],
        RecordedAt = record.Timestamp,
        Reason = reason,
        Host = Environment.MachineName,
        ParkedAt = time.GetUtcNow(),
    };
}
