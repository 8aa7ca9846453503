namespace Streaming.Contracts.Control;

/// <summary>What a sink can be asked to do once. The host that has a partition does it there, and answers for it.</summary>
public enum SinkRequestKind
{
    /// <summary>Go to the offsets given. Back: everything from there on is derived again. Forward: what lies between is left out.</summary>
    Reset = 1,

    /// <summary>A partition whose group was moved forward by a Kafka tool, and which waits: leave out what lies between.</summary>
    Skip,

    /// <summary>The same: leave out nothing, and go on from the checkpoint.</summary>
    Stay,

    /// <summary>Handle dead letters again, each aggregate's in their order.</summary>
    Redrive,

    /// <summary>Leave dead letters out for good.</summary>
    Discard,
}

/// <summary>Something that a person asked of a sink.</summary>
/// <param name="Id">A UUIDv7.</param>
/// <param name="By">Who asked.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Reason">Why, in their words; null when they gave none.</param>
/// <param name="Targets">What it is about; never empty.</param>
public sealed record SinkRequest(string Id, SinkRequestKind Kind, string By, DateTimeOffset At, string? Reason, IReadOnlyList<SinkTarget> Targets);

/// <summary>A place in the log.</summary>
/// <param name="Offset">Of a reset: where to. Of a dead letter: where its record lies. Otherwise 0.</param>
public sealed record SinkTarget(string Topic, int Partition, long Offset = 0)
{
    public override string ToString() => $"{Topic}-{Partition}@{Offset}";
}

/// <summary>What became of a request on one partition.</summary>
/// <param name="IsDone">Otherwise it was refused.</param>
/// <param name="Message">What was done, or why not; for a person.</param>
/// <param name="Host">Where.</param>
public sealed record SinkAnswer(string RequestId, string Topic, int Partition, bool IsDone, string Message, string Host, DateTimeOffset At);

/// <summary>Whether a sink is to stand still.</summary>
public sealed record SinkPause(bool IsPaused, string By, DateTimeOffset At, string? Reason);
