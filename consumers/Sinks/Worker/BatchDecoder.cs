using System.Text;
using Streaming.Sinks.DeadLetters;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;

namespace Streaming.Sinks.Worker;

/// <summary>Makes events of records, up to one that cannot be right. What the log still holds of erased aggregates is passed over, and what waits
/// behind a dead letter is put aside.</summary>
/// <param name="insist">Tries until it succeeds, or cannot: the registry may be away.</param>
internal sealed class BatchDecoder(
    IEventDecoder decoder, ErasedAggregates erased, ParkedEvents parked, Func<Func<CancellationToken, Task<RecordedEvent>>, Task<RecordedEvent>> insist)
{
    /// <summary>The events before the first record that is none, records put aside, and what is wrong with that one; null when nothing is.</summary>
    public async Task<(List<RecordedEvent> Events, List<LogRecord> Held, PoisonEventException? Poison)> DecodeAsync(
        List<LogRecord> records, CancellationToken cancellationToken)
    {
        var events = new List<RecordedEvent>(records.Count);
        var held = new List<LogRecord>();
        foreach (var record in records)
        {
            if (erased.Contains(record.Key))
                continue;
            if (record.Value is null)
                return (events, held, Deleted(record));
            if (parked.Holds(record))
            {
                held.Add(record);
                continue;
            }

            try
            {
                var decoding = decoder.DecodeAsync(record, cancellationToken);
                events.Add(decoding.IsCompletedSuccessfully ? decoding.Result : await FinishAsync(decoding, record));
            }
            catch (PoisonEventException poison)
            {
                return (events, held, poison);
            }
        }

        return (events, held, null);
    }

    private async Task<RecordedEvent> FinishAsync(ValueTask<RecordedEvent> first, LogRecord record)
    {
        ValueTask<RecordedEvent>? begun = first;
        return await insist(async cancellationToken =>
        {
            var decoding = begun ?? decoder.DecodeAsync(record, cancellationToken);
            begun = null;
            return await decoding;
        });
    }

    private static PoisonEventException Deleted(LogRecord record) => new(
        record.Offset,
        $"the tombstone at {record.Topic}-{record.Partition}@{record.Offset} deletes {(record.Key is { } key ? Encoding.UTF8.GetString(key) : "nothing")}, "
            + "which nobody has erased: single events are never deleted. Find out who wrote it, and restore the log.") { IsDamage = true };
}
