namespace Streaming.Sinks.Events;

/// <summary>How an event's sequence continues its aggregate.</summary>
public enum SequenceVerdict
{
    /// <summary>It is the next one.</summary>
    Next,

    /// <summary>A sequence that was applied before: harmless when the content is the same, poison when it differs.</summary>
    Repeated,

    /// <summary>Events before it are missing.</summary>
    Gap,
}

/// <summary>An aggregate's events count 1, 2, 3 … without gaps; a record under a key that was seen says the same as the first.</summary>
public static class SequenceRule
{
    /// <param name="version">Sequence of the aggregate's last event that was applied; 0 when there is none.</param>
    /// <param name="sequence">The event's.</param>
    /// <param name="isAcrossSkip">Whether a confirmed reset forward lies between the two, so that events are missing by decision.</param>
    public static SequenceVerdict Judge(long version, long sequence, bool isAcrossSkip = false)
    {
        if (sequence <= version)
            return SequenceVerdict.Repeated;
        return sequence == version + 1 || isAcrossSkip ? SequenceVerdict.Next : SequenceVerdict.Gap;
    }

    /// <summary>The exception that stops a partition at a gap.</summary>
    public static PoisonEventException Gap(RecordedEvent recorded, long version) => new(
        recorded.Offset,
        $"{recorded.AggregateId} has sequence {recorded.Sequence} where {version + 1} was due: events are missing in the log. "
            + "Look for them before this offset; the sink never leaves a gap.") { IsDamage = true };

    /// <summary>The exception that stops a partition at a second, different value under one key.</summary>
    public static PoisonEventException Conflict(RecordedEvent recorded) => new(
        recorded.Offset,
        $"key {recorded.AggregateId}@{recorded.Sequence} was written before with another value: two writers decided the same aggregate. "
            + "Find out which of the two is true, and correct the other by a reversing event.") { IsDamage = true };
}
