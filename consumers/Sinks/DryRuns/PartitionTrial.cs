using Streaming.Sinks.DeadLetters;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Gateway;
using Streaming.Sinks.Handling;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.DryRuns;

/// <summary>Tries the events of one partition: decodes, judges sequences, enriches, and has the sink's own code handle them in memory.</summary>
/// <param name="isWhole">Whether every aggregate is read from its first event on.</param>
internal sealed class PartitionTrial(
    SourcePartition source, IEventDecoder decoder, IErasureLog erasures, EnrichmentStep? enrichment, IRehearsal? rehearsal, SinkMode mode, bool isWhole, Findings findings) : IDisposable
{
    private readonly HashSet<string> _erased = [];
    private readonly Dictionary<string, Seen> _seen = [];
    private readonly HashSet<string> _stuck = [];
    private long _nextErasure;

    public SourcePartition Source => source;

    public IRehearsal? Rehearsal => rehearsal;

    /// <exception cref="Exception">What the events are read from or decoded with is away; errors of the events themselves are findings.</exception>
    public async Task TryAsync(IEnumerable<LogRecord> records, CancellationToken cancellationToken)
    {
        foreach (var record in records)
        {
            var aggregate = DeadLetter.QueueOf(record.Key);
            if (_erased.Contains(aggregate))
                findings.Count(Outcome.Erased);
            else if (_stuck.Contains(aggregate))
                findings.Count(Outcome.Waiting);
            else
                findings.Count(await TryAsync(record, aggregate, cancellationToken));
        }
    }

    /// <summary>Learns what was erased since it was read last.</summary>
    public async Task ReadErasuresAsync(CancellationToken cancellationToken)
    {
        var read = await erasures.ReadAsync(source, _nextErasure, cancellationToken);
        _erased.UnionWith(read.Erasures.Select(erasure => erasure.AggregateId));
        _nextErasure = read.NextOffset;
    }

    public void Dispose() => (rehearsal as IDisposable)?.Dispose();

    private async Task<Outcome> TryAsync(LogRecord record, string aggregate, CancellationToken cancellationToken)
    {
        RecordedEvent recorded;
        Outcome outcome;
        try
        {
            if (record.Value is null)
                throw new PoisonEventException(record.Offset, $"a tombstone deletes an event of {aggregate}, which nobody has erased: single events are never deleted.") { IsDamage = true };
            recorded = await decoder.DecodeAsync(record, cancellationToken);
            outcome = Judge(recorded);
        }
        catch (PoisonEventException poison)
        {
            // What an erasure leaves of an aggregate looks like damage to who has not heard of it.
            if (poison.IsDamage)
                await ReadErasuresAsync(cancellationToken);
            return _erased.Contains(aggregate) ? Outcome.Erased : Failed(record, aggregate, poison);
        }

        if (outcome != Outcome.Tried)
            return outcome;
        try
        {
            await HandleAsync(recorded, cancellationToken);
        }
        catch (Exception cause) when (cause is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return Failed(record, aggregate, cause);
        }

        return Outcome.Tried;
    }

    private async Task HandleAsync(RecordedEvent recorded, CancellationToken cancellationToken)
    {
        if (enrichment is not null)
        {
            try
            {
                recorded = recorded with { Enrichment = await enrichment.FetchAsync(source, recorded, SinkMode.Replay, isRedrive: false, cancellationToken) };
            }
            catch (CallSkippedException)
            {
                findings.CountSkippedCall();
            }
        }

        try
        {
            if (rehearsal is not null)
                await rehearsal.TryAsync(recorded, mode, cancellationToken);
        }
        catch (CallSkippedException)
        {
            findings.CountSkippedCall();
        }
    }

    private Outcome Judge(RecordedEvent recorded)
    {
        if (!_seen.TryGetValue(recorded.AggregateId, out var seen))
        {
            if (recorded.Sequence > 1 && isWhole)
                throw SequenceRule.Gap(recorded, version: 0);
            seen = new Seen(recorded.Sequence - 1, Hash: 0, HasBeginning: recorded.Sequence == 1);
        }

        switch (SequenceRule.Judge(seen.Version, recorded.Sequence))
        {
            case SequenceVerdict.Gap:
                throw SequenceRule.Gap(recorded, seen.Version);
            case SequenceVerdict.Repeated when recorded.Sequence == seen.Version && recorded.ContentHash != seen.Hash:
                throw SequenceRule.Conflict(recorded);
            case SequenceVerdict.Repeated:
                return Outcome.Repeated;
        }

        _seen[recorded.AggregateId] = seen with { Version = recorded.Sequence, Hash = recorded.ContentHash };
        return seen.HasBeginning ? Outcome.Tried : Outcome.Unprojected;
    }

    private Outcome Failed(LogRecord record, string aggregate, Exception cause)
    {
        findings.Add(record, aggregate, cause);
        _stuck.Add(aggregate);
        return Outcome.Tried;
    }

    /// <param name="HasBeginning">Its first event was read, so that it can be folded.</param>
    private readonly record struct Seen(long Version, long Hash, bool HasBeginning);
}
