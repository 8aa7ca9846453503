using Streaming.Sinks.Events;

namespace Streaming.Sinks.Positions;

/// <summary>What a destination remembers of a partition, kept with the data.</summary>
/// <param name="ClusterId">The cluster that the position belongs to.</param>
/// <param name="TopicId">The topic's id there.</param>
/// <param name="NextOffset">First offset not yet handled.</param>
/// <param name="Epoch">1 at first; one more with each reset.</param>
/// <param name="Fence">One more with each assignment: only its present owner can move the checkpoint.</param>
/// <param name="Group">The consumer group's committed offset, as far as we moved it.</param>
/// <param name="SkippedBefore">Where the last confirmed reset forward led; 0 without one.</param>
/// <param name="LiveFrom">Where the log ended when the sink first took the partition: what lies before is history to it.</param>
/// <param name="ReplayUntil">How far the sink had come when it was reset: what lies before was handled already. 0 without a reset.</param>
public sealed record Checkpoint(
    string ClusterId, string TopicId, long NextOffset, int Epoch, long Fence, GroupOffsets Group, long SkippedBefore = 0, long LiveFrom = 0, long ReplayUntil = 0)
{
    /// <summary>What an event at this offset is to the sink.</summary>
    public SinkMode ModeAt(long offset) => offset < ReplayUntil ? SinkMode.Replay : offset < LiveFrom ? SinkMode.CatchUp : SinkMode.Live;

    /// <summary>Going forward from there leaves out events that were handled before the last reset back, and that the replay has not come to again: what
    /// was derived becomes older than it was.</summary>
    public bool IsReplayCutBy(long fromOffset, long toOffset) => toOffset > fromOffset && fromOffset < ReplayUntil;

    /// <summary>What a reset makes of it.</summary>
    public Checkpoint After(Reset reset) => this with
    {
        NextOffset = reset.ToOffset,
        Epoch = Epoch + 1,
        Group = reset.Group,
        // Back into what was skipped: the part before it is still missing.
        SkippedBefore = reset.IsForward ? reset.ToOffset : Math.Min(SkippedBefore, reset.ToOffset),
        ReplayUntil = reset.IsForward ? ReplayUntil : Math.Max(ReplayUntil, NextOffset),
    };
}

/// <summary>The two offsets that the consumer group can hold when nobody but the sink has moved it.</summary>
/// <param name="Confirmed">What it held for sure; null for none.</param>
/// <param name="Intended">What is committed next, once this is recorded; null for none.</param>
public readonly record struct GroupOffsets(long? Confirmed, long? Intended)
{
    /// <summary>Whether the sink itself can have left the group at this offset. A group without an offset has expired, or is new.</summary>
    public bool Explain(long? committed) => committed is null || committed == Confirmed || committed == Intended;
}
