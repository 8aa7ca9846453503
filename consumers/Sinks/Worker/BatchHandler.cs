using Streaming.Sinks.DeadLetters;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Health;

namespace Streaming.Sinks.Worker;

/// <summary>Handles the records of one opened partition: decodes them, leaves out what was erased, parks what is poison and what waits behind it, and
/// has the sink write the rest.</summary>
internal sealed class BatchHandler(
    WorkerContext context, OpenedPartition opened, Ownership ownership, PartitionStatus status, ErasedAggregates erased, ParkedEvents parked, PartitionRetries retries,
    CancellationToken stopping, CancellationToken abandoning)
{
    private long _nextInDestination = opened.Checkpoint.NextOffset;

    /// <summary>Everything before this offset has led to what is in the destination; at most erased and parked events lie between it and the next one to handle.</summary>
    public long NextInDestination => _nextInDestination;

    /// <summary>Handles records of one mode.</summary>
    /// <exception cref="PoisonEventException">What comes next must not be parked. What lies before it is written.</exception>
    public async Task HandleAsync(List<LogRecord> records)
    {
        while (records.Count > 0 && await WriteUpToPoisonAsync(records) is { } poison)
        {
            records = [.. records.SkipWhile(record => record.Offset < poison.Offset)];
            // What an erasure leaves of an aggregate looks like damage to who has not heard of it.
            if (await ReadErasuresAsync(abandoning))
                continue;
            if (poison.IsDamage || context.Options.OnPoison == PoisonPolicy.Stop)
                throw poison;
            await retries.TryAsync(cancel => parked.ParkAsync(records[0], poison.Message, cancel), abandoning);
            context.Metrics.Parked(status);
        }
    }

    /// <summary>Learns what was erased since it was read last; nothing of it is kept, in the destination or among the dead letters.</summary>
    /// <returns>Whether there was anything.</returns>
    public async Task<bool> ReadErasuresAsync(CancellationToken cancellationToken)
    {
        var isNew = await retries.TryAsync(erased.ReadAsync, cancellationToken);
        await retries.TryAsync(cancel => parked.EraseAsync(erased, cancel), cancellationToken);
        return isNew;
    }

    /// <summary>Handles a dead letter again; false when its aggregate was erased since, so that nothing of it may be written.</summary>
    /// <exception cref="PoisonEventException">It still cannot be handled.</exception>
    public async Task<bool> RedriveAsync(DeadLetter letter)
    {
        await ReadErasuresAsync(abandoning);
        if (erased.Contains(letter.Key))
            return false;
        if (letter.Value is null)
            throw new PoisonEventException(letter.Offset, letter.Reason) { IsDamage = true };
        var recorded = await retries.TryAsync(async cancel => await context.Decoder.DecodeAsync(DeadLetterFormat.ToRecord(letter), cancel), abandoning);
        await WriteAsync([recorded], _nextInDestination, letter.Mode, isRedrive: true);
        return true;
    }

    private async Task<PoisonEventException?> WriteUpToPoisonAsync(List<LogRecord> records)
    {
        var decoder = new BatchDecoder(context.Decoder, erased, parked, decode => retries.TryAsync(decode, abandoning));
        var (events, held, poison) = await decoder.DecodeAsync(records, abandoning);
        if (held.Count > 0)
            await retries.TryAsync(cancel => parked.ParkBehindAsync(held, cancel), abandoning);
        var next = poison?.Offset ?? records[^1].Offset + 1;
        while (true)
        {
            try
            {
                await WriteUpToAsync(events, next, records[^1].Timestamp);
                return poison;
            }
            catch (PoisonEventException found)
            {
                // Found by the sink: what lies before it is written without it.
                poison = found;
                next = found.Offset;
                events = [.. events.TakeWhile(recorded => recorded.Offset < next)];
            }
        }
    }

    private async Task WriteUpToAsync(List<RecordedEvent> events, long nextOffset, DateTimeOffset recordedAt)
    {
        // Without anything to write the checkpoint stays: after a restart the same remains of erased and parked aggregates are passed over once more.
        if (events.Count > 0)
            await WriteAsync(events, nextOffset, opened.Checkpoint.ModeAt(events[0].Offset), isRedrive: false);
        if (status.Progress.Written(nextOffset, recordedAt))
            context.Logger.ModeChanged(context.Sink.Name, status.Topic, status.Partition, nextOffset, status.Progress.Mode);
    }

    /// <summary>Has the sink put what these aggregates lead to in place of what was derived from them.</summary>
    /// <param name="events">All of them, up to the checkpoint.</param>
    /// <exception cref="PoisonEventException">One does not fit. Nothing changed.</exception>
    public Task RederiveAsync(List<RecordedEvent> events) => WriteAsync(events, _nextInDestination, SinkMode.Replay, isRedrive: true, context.Sink.RederiveAsync);

    private Task WriteAsync(List<RecordedEvent> events, long nextOffset, SinkMode mode, bool isRedrive) => WriteAsync(events, nextOffset, mode, isRedrive, context.Sink.WriteAsync);

    private async Task WriteAsync(List<RecordedEvent> events, long nextOffset, SinkMode mode, bool isRedrive, Func<EventBatch, CancellationToken, Task> write)
    {
        if (context.Enrichment is { } enrichment)
            events = await retries.TryAsync(cancel => enrichment.RunAsync(opened.Source, events, mode, isRedrive, cancel), abandoning);
        var batch = new EventBatch(
            opened.Source, events, nextOffset, opened.Checkpoint.Epoch, opened.Checkpoint.Fence, opened.Group.Plan(nextOffset), mode, opened.Checkpoint.SkippedBefore)
        {
            IsRedrive = isRedrive,
            Discarded = parked.Discarded,
            EnsureOursAsync = ownership.EnsureAsync,
        };
        var duration = await retries.TryAsync(cancel => WriteOnceAsync(batch, write, cancel), abandoning);
        opened.Group.Wrote(nextOffset, batch.Group);
        _nextInDestination = nextOffset;
        context.Metrics.Wrote(status, events.Count, duration);
    }

    private async Task<TimeSpan> WriteOnceAsync(EventBatch batch, Func<EventBatch, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        await context.Writers.WaitAsync(stopping);
        try
        {
            var start = context.Time.GetTimestamp();
            await context.Circuit.ExecuteAsync(async _ => await write(batch, cancellationToken), CancellationToken.None);
            return context.Time.GetElapsedTime(start);
        }
        finally
        {
            context.Writers.Release();
        }
    }
}
