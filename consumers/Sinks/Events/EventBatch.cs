using System.Collections.Frozen;
using Streaming.Contracts.Envelope;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Events;

/// <summary>What a sink writes at once: events of one partition in their order, and the position that they lead to.</summary>
/// <param name="Source">The partition they come from.</param>
/// <param name="Events">By rising offset; gaps between offsets are normal (transaction markers).</param>
/// <param name="NextOffset">What the checkpoint becomes: the first offset not yet handled.</param>
/// <param name="Epoch">Rises with each reset; rows carry it, so that what is derived again replaces what was there.</param>
/// <param name="Fence">The writer's claim to the checkpoint. Another value there means that another host has taken the partition over.</param>
/// <param name="Group">What the consumer group holds, to be kept with the checkpoint.</param>
/// <param name="Mode">What all of these events are: a batch never reaches across the boundary between two modes.</param>
/// <param name="SkippedBefore">Events before this offset were left out by a confirmed reset forward: a sequence may jump across it. 0: none were.</param>
public sealed record EventBatch(
    SourcePartition Source,
    IReadOnlyList<RecordedEvent> Events,
    long NextOffset,
    int Epoch,
    long Fence,
    GroupOffsets Group,
    SinkMode Mode,
    long SkippedBefore = 0)
{
    /// <summary>The events are dead letters that are handled after all: they lie before the checkpoint, which stays where it is.</summary>
    public bool IsRedrive { get; init; }

    /// <summary>Events that somebody decided to leave out for good: a sequence may jump across them.</summary>
    public IReadOnlySet<EventKey> Discarded { get; init; } = FrozenSet<EventKey>.Empty;

    /// <summary>Returns while the partition is still ours for as long as a call takes: to be awaited before anything outside that no fence can refuse. It throws
    /// <see cref="FencedException"/> when another host has the partition, or may have it.</summary>
    public Func<CancellationToken, ValueTask> EnsureOursAsync { get; init; } = _ => ValueTask.CompletedTask;

    /// <summary>How an event continues its aggregate, with what was left out by decision taken into account.</summary>
    /// <param name="version">Sequence of the aggregate's last event that was applied; 0 when there is none.</param>
    /// <param name="versionOffset">Where that event lies; -1 when there is none.</param>
    public SequenceVerdict Judge(RecordedEvent recorded, long version, long versionOffset)
    {
        var verdict = SequenceRule.Judge(version, recorded.Sequence, SkippedBefore > 0 && recorded.Offset >= SkippedBefore && versionOffset < SkippedBefore);
        return verdict == SequenceVerdict.Gap && AreDiscarded(recorded.AggregateId, version + 1, recorded.Sequence) ? SequenceVerdict.Next : verdict;
    }

    private bool AreDiscarded(string aggregateId, long from, long to)
    {
        for (var sequence = from; sequence < to; sequence++)
        {
            if (!Discarded.Contains(new EventKey(aggregateId, sequence)))
                return false;
        }

        return true;
    }
}

/// <summary>What an event is to the sink that handles it. It follows from where the event lies, never from when it is handled: a host that was
/// down for an hour handles that hour's events as live ones, only later.</summary>
public enum SinkMode
{
    /// <summary>Recorded before the sink first took the partition: history, new to the sink.</summary>
    CatchUp,

    /// <summary>Handled before, and derived again after a reset.</summary>
    Replay,

    /// <summary>Recorded since the sink is there, and handled for the first time.</summary>
    Live,
}
