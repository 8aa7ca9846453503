using Confluent.Kafka;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Reading;

namespace Streaming.Sinks.DeadLetters;

/// <summary>A sink's dead-letter topic. The right to write those of a partition is a transactional id.</summary>
/// <param name="topic">Its name. Partition p of it holds what came from partition p of any topic.</param>
internal sealed class DeadLetterLog(string topic, LogReader log, FencedProducers producers, TimeProvider time) : IDeadLetterLog
{
    private const int RecordsAtOnce = 1_000;

    public async Task<IReadOnlyList<DeadLetter>> TakeAsync(SourcePartition source, CancellationToken cancellationToken)
    {
        await producers.TakeAsync(source.ToString(), cancellationToken);
        producers.Release(source.ToString());   // Most partitions never need one: no producer is kept for them.
        var newest = new SortedDictionary<long, DeadLetter>();
        for (var next = 0L; ;)
        {
            var (records, read) = await log.ReadAsync(new TopicPartition(topic, source.Partition), next, next + RecordsAtOnce, cancellationToken);
            foreach (var letter in records.Select(DeadLetterFormat.Parse).Where(letter => letter.Topic == source.Topic))
                newest[letter.Offset] = letter.State == DeadLetterState.Waiting ? letter : letter with { Value = null, Headers = [] };
            if (read == next)
                return [.. newest.Values];
            next = read;
        }
    }

    public Task ClaimAsync(SourcePartition source, CancellationToken cancellationToken) => producers.TakeAsync(source.ToString(), cancellationToken);

    public async Task<IReadOnlyList<DeadLetter>> TakeUpAsync(IReadOnlyList<(LogRecord Record, string Reason)> failed, CancellationToken cancellationToken)
    {
        // A record that waits for its turn carries only those headers that a sink needs: the others are read once more.
        var (first, last) = (failed[0].Record, failed[^1].Record);
        var (found, _) = await log.ReadAsync(new TopicPartition(first.Topic, first.Partition), first.Offset, last.Offset + 1, cancellationToken);
        var whole = found
            .ToDictionary(record => record.Offset.Value, record => record.Message.Headers);
        return [.. failed.Select(one => TakeUp(one.Record, one.Reason, whole.GetValueOrDefault(one.Record.Offset) ?? []))];
    }

    public Task WriteAsync(SourcePartition source, IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken) => producers.WriteAsync(
        source.ToString(), [.. letters.Select(letter => (new TopicPartition(topic, letter.Partition), DeadLetterFormat.ToMessage(letter)))], cancellationToken);

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
