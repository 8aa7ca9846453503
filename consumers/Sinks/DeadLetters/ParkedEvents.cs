using Streaming.Contracts.Envelope;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.DeadLetters;

/// <summary>What of a partition waits among the dead letters, and what was discarded, for as long as one host has the partition.</summary>
/// <remarks>
/// A dead letter is written before the checkpoint passes its record, so a crash in between parks it once more, under the same key. Whatever belongs to
/// an aggregate of which something waits is parked behind it: an aggregate's events are handled in their order, or not at all.
/// Whoever takes the partition over ends the right to write of those before, and reads then. Before the first write it is claimed back, and then the
/// destination is asked whether the partition is still ours: whoever takes it over after that answer ends the right again.
/// </remarks>
internal sealed class ParkedEvents(WorkerContext context, SourcePartition source, Checkpoint checkpoint)
{
    private readonly Dictionary<string, SortedDictionary<long, DeadLetter>> _waiting = [];
    private readonly HashSet<long> _passedOver = [];   // Discarded, or handled by a redrive while the checkpoint still stood before them.
    private readonly HashSet<EventKey> _discarded = [];
    private bool _mayWrite;
    private long _sizeBytes;

    public int Count => _waiting.Values.Sum(queue => queue.Count);

    /// <summary>Sequences that the sink goes without.</summary>
    public IReadOnlySet<EventKey> Discarded => _discarded;

    public async Task<int> ReadAsync(CancellationToken cancellationToken)
    {
        _waiting.Clear();
        (_mayWrite, _sizeBytes) = (false, 0);
        var outdated = new List<DeadLetter>();
        foreach (var letter in (await context.DeadLetters.TakeAsync(source, cancellationToken)).Where(letter => letter.TopicId == source.TopicId))
        {
            // A reset was cut off before it came to its dead letters.
            if (letter.State == DeadLetterState.Waiting && letter.Epoch < checkpoint.Epoch && letter.Offset >= checkpoint.NextOffset)
                outdated.Add(letter);
            else
                Remember(letter);
        }

        await SupersedeAsync(outdated, cancellationToken);
        return Count;
    }

    /// <summary>Whether the record is not to be handled now: it waits already, or has to, or was discarded.</summary>
    public bool Holds(LogRecord record) => (_waiting.Count > 0 || _passedOver.Count > 0)
        && (_passedOver.Contains(record.Offset) || (_waiting.TryGetValue(DeadLetter.QueueOf(record.Key), out var queue) && record.Offset >= queue.Keys.First()));

    /// <summary>Parks a record that cannot be handled.</summary>
    public async Task ParkAsync(LogRecord record, string reason, CancellationToken cancellationToken)
    {
        EnsureSpace([record]);
        var letters = await context.DeadLetters.TakeUpAsync([(record, reason)], cancellationToken);
        await WriteAsync([Of(letters[0]) with { Tries = 1 }], cancellationToken);
    }

    /// <summary>Parks those of the held records that do not wait yet.</summary>
    public async Task ParkBehindAsync(IReadOnlyList<LogRecord> held, CancellationToken cancellationToken)
    {
        var failed = held.Where(record => !Knows(record)).Select(record => (record, $"waits behind {FirstOf(record).Position}")).ToList();
        if (failed.Count == 0)
            return;
        EnsureSpace([.. failed.Select(one => one.record)]);
        var letters = await context.DeadLetters.TakeUpAsync(failed, cancellationToken);
        await WriteAsync([.. letters.Select((letter, i) => Of(letter) with { Behind = FirstOf(failed[i].record).Position })], cancellationToken);
    }

    /// <summary>Those that wait and that one of the offsets names, an aggregate after the other, each with whatever waits before it.</summary>
    /// <returns>Queues of letters by rising offset.</returns>
    public IReadOnlyList<IReadOnlyList<DeadLetter>> Queues(IReadOnlyCollection<long> offsets) =>
        [.. _waiting.Values.Where(queue => offsets.Any(queue.ContainsKey)).OrderBy(queue => queue.Keys.First()).Select(queue => queue.Values.ToList())];

    /// <summary>Those that wait at these offsets.</summary>
    public IReadOnlyList<DeadLetter> At(IReadOnlyCollection<long> offsets) =>
        [.. _waiting.Values.SelectMany(queue => queue.Values).Where(letter => offsets.Contains(letter.Offset)).OrderBy(letter => letter.Offset)];

    /// <summary>What lies from an offset on is met again in the log: whatever waits from there on does not wait any more.</summary>
    public async Task SupersedeAsync(long fromOffset, CancellationToken cancellationToken)
    {
        await SupersedeAsync([.. _waiting.Values.SelectMany(queue => queue.Values).Where(letter => letter.Offset >= fromOffset)], cancellationToken);
    }

    /// <summary>Nothing is kept of erased aggregates, here either.</summary>
    public async Task EraseAsync(ErasedAggregates erased, CancellationToken cancellationToken)
    {
        var letters = _waiting.Values.SelectMany(queue => queue.Values).Where(letter => erased.Contains(letter.Key)).ToList();
        if (letters.Count > 0)
        {
            await WriteAsync([.. letters.Select(letter => letter with
            {
                State = DeadLetterState.Discarded, Value = [], Headers = [], Reason = "its aggregate was erased", DecidedAt = context.Time.GetUtcNow(),
            })], cancellationToken);
        }
    }

    /// <summary>The same, by who has not read them yet.</summary>
    public async Task ReadAndSupersedeAsync(long fromOffset, CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        await SupersedeAsync(fromOffset, cancellationToken);
    }

    /// <summary>Writes the letters as they are now, and goes by that.</summary>
    /// <exception cref="FencedException">Another host has taken the partition over. Nothing was written.</exception>
    public async Task WriteAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        if (!_mayWrite)
        {
            await context.DeadLetters.ClaimAsync(source, cancellationToken);
            await context.Sink.ConfirmAsync(source, checkpoint.Fence, cancellationToken);
            _mayWrite = true;
        }

        try
        {
            await context.DeadLetters.WriteAsync(source, letters, cancellationToken);
        }
        catch
        {
            _mayWrite = false;
            throw;
        }

        foreach (var letter in letters)
        {
            Remember(letter);
            context.Logger.DeadLetter(context.Sink.Name, letter.Topic, letter.Partition, letter.Offset, letter.State, letter.Reason);
        }
    }

    private async Task SupersedeAsync(List<DeadLetter> letters, CancellationToken cancellationToken)
    {
        if (letters.Count > 0)
            await WriteAsync([.. letters.Select(letter => letter with { State = DeadLetterState.Superseded, DecidedAt = context.Time.GetUtcNow() })], cancellationToken);
    }

    /// <exception cref="PartitionStoppedException">As many wait as may.</exception>
    private void EnsureSpace(IReadOnlyCollection<LogRecord> records)
    {
        var (count, sizeBytes) = (Count + records.Count, _sizeBytes + records.Sum(record => (long)record.SizeBytes));
        if (count <= context.Options.ParkedRecordsMax && sizeBytes <= context.Options.ParkedBytesMax)
            return;
        throw new PartitionStoppedException(
            $"{Count} dead letters of {source} wait, and with {records.Count} more they would be {count} of {sizeBytes} bytes: no more than {context.Options.ParkedRecordsMax} and "
            + $"{context.Options.ParkedBytesMax} bytes are held (Sinks:ParkedRecordsMax, Sinks:ParkedBytesMax). So many have one reason, mostly: streamctl dlq list {context.Sink.Name} tells it. "
            + "Mend that and redrive them, or discard them; then the partition goes on.");
    }

    private DeadLetter Of(DeadLetter letter) => letter with { TopicId = source.TopicId, Epoch = checkpoint.Epoch, Mode = checkpoint.ModeAt(letter.Offset) };

    private bool Knows(LogRecord record) => _passedOver.Contains(record.Offset) || _waiting[DeadLetter.QueueOf(record.Key)].ContainsKey(record.Offset);

    private DeadLetter FirstOf(LogRecord record) => _waiting[DeadLetter.QueueOf(record.Key)].Values.First();

    private void Remember(DeadLetter letter)
    {
        Forget(letter);
        if (letter.State == DeadLetterState.Waiting)
        {
            if (!_waiting.TryGetValue(letter.Queue, out var queue))
                _waiting.Add(letter.Queue, queue = []);
            queue[letter.Offset] = letter;
            _sizeBytes += SizeOf(letter);
            return;
        }

        if (letter.State == DeadLetterState.Discarded || (letter.State == DeadLetterState.Redriven && letter.Epoch == checkpoint.Epoch && letter.Offset >= checkpoint.NextOffset))
            _passedOver.Add(letter.Offset);
        if (letter.State == DeadLetterState.Discarded && letter.EventKey is { } key)
            _discarded.Add(key);
    }

    private void Forget(DeadLetter letter)
    {
        if (!_waiting.TryGetValue(letter.Queue, out var queue) || !queue.TryGetValue(letter.Offset, out var known))
            return;
        queue.Remove(letter.Offset);
        _sizeBytes -= SizeOf(known);
        if (queue.Count == 0)
            _waiting.Remove(letter.Queue);
    }

    private static long SizeOf(DeadLetter letter) => (letter.Key?.Length ?? 0) + (letter.Value?.Length ?? 0) + letter.Headers.Sum(header => header.Key.Length + (header.Value?.Length ?? 0));
}
