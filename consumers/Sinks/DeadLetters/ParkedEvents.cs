using Streaming.Contracts.Envelope;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.DeadLetters;

/// <summary>What of a partition waits among the dead letters, and what was discarded, for as long as one host has the partition.</summary>
/// <remarks>
/// A dead letter is written before the checkpoint passes its record, so a crash in between parks it once more, under the same key. Whatever belongs to
/// an aggregate of which something waits is parked behind it: an aggregate's events are handled in their order, or not at all.
/// </remarks>
internal sealed class ParkedEvents(WorkerContext context, SourcePartition source)
{
    private readonly Dictionary<string, SortedDictionary<long, DeadLetter>> _waiting = [];
    private readonly HashSet<long> _discardedOffsets = [];
    private readonly HashSet<EventKey> _discarded = [];

    public int Count => _waiting.Values.Sum(queue => queue.Count);

    /// <summary>Sequences that the sink goes without.</summary>
    public IReadOnlySet<EventKey> Discarded => _discarded;

    public async Task<int> ReadAsync(CancellationToken cancellationToken)
    {
        _waiting.Clear();
        foreach (var letter in await context.DeadLetters.ReadAsync(source, cancellationToken))
            Remember(letter);
        return Count;
    }

    /// <summary>Whether the record is not to be handled now: it waits already, or has to, or was discarded.</summary>
    public bool Holds(LogRecord record) => (_waiting.Count > 0 || _discardedOffsets.Count > 0)
        && (_discardedOffsets.Contains(record.Offset) || _waiting.ContainsKey(DeadLetter.QueueOf(record.Key)));

    /// <summary>Parks a record that cannot be handled.</summary>
    public async Task ParkAsync(LogRecord record, string reason, CancellationToken cancellationToken)
    {
        var letters = await context.DeadLetters.TakeUpAsync([(record, reason)], cancellationToken);
        await WriteAsync([letters[0] with { Tries = 1 }], cancellationToken);
    }

    /// <summary>Parks those of the held records that do not wait yet.</summary>
    public async Task ParkBehindAsync(IReadOnlyList<LogRecord> held, CancellationToken cancellationToken)
    {
        var failed = held.Where(record => !Knows(record)).Select(record => (record, $"waits behind {FirstOf(record).Position}")).ToList();
        if (failed.Count == 0)
            return;
        var letters = await context.DeadLetters.TakeUpAsync(failed, cancellationToken);
        await WriteAsync([.. letters.Select((letter, i) => letter with { Behind = FirstOf(failed[i].record).Position })], cancellationToken);
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
        var letters = _waiting.Values.SelectMany(queue => queue.Values).Where(letter => letter.Offset >= fromOffset).ToList();
        if (letters.Count > 0)
            await WriteAsync([.. letters.Select(letter => letter with { State = DeadLetterState.Superseded, DecidedAt = context.Time.GetUtcNow() })], cancellationToken);
    }

    /// <summary>The same, by who has not read them yet.</summary>
    public async Task ReadAndSupersedeAsync(long fromOffset, CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        await SupersedeAsync(fromOffset, cancellationToken);
    }

    /// <summary>Writes the letters as they are now, and goes by that.</summary>
    public async Task WriteAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        await context.DeadLetters.WriteAsync(letters, cancellationToken);
        foreach (var letter in letters)
        {
            Remember(letter);
            context.Logger.DeadLetter(context.Sink.Name, letter.Topic, letter.Partition, letter.Offset, letter.State, letter.Reason);
        }
    }

    private bool Knows(LogRecord record) => _discardedOffsets.Contains(record.Offset) || _waiting[DeadLetter.QueueOf(record.Key)].ContainsKey(record.Offset);

    private DeadLetter FirstOf(LogRecord record) => _waiting[DeadLetter.QueueOf(record.Key)].Values.First();

    private void Remember(DeadLetter letter)
    {
        if (letter.State == DeadLetterState.Waiting)
        {
            if (!_waiting.TryGetValue(letter.Queue, out var queue))
                _waiting.Add(letter.Queue, queue = []);
            queue[letter.Offset] = letter;
            return;
        }

        if (_waiting.TryGetValue(letter.Queue, out var waiting) && waiting.Remove(letter.Offset) && waiting.Count == 0)
            _waiting.Remove(letter.Queue);
        if (letter.State != DeadLetterState.Discarded)
            return;
        _discardedOffsets.Add(letter.Offset);
        if (letter.EventKey is { } key)
            _discarded.Add(key);
    }
}
