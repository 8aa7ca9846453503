using System.Text.Json.Serialization;

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

    /// <summary>Compare two generations of the destination; the answer carries what was found.</summary>
    Verify,

    /// <summary>Show readers another generation, which a comparison has proved equal, or whose differences are acknowledged.</summary>
    Swap,

    /// <summary>Remove a generation that readers don't see, once no host runs it.</summary>
    Drop,

    /// <summary>Derive some aggregates again, whole and in place, while the partition's position stays: the one that <see cref="SinkRequest.Key"/> names, or
    /// those to which something happened between the offsets given.</summary>
    Rederive,
}

/// <summary>Something that a person asked of a sink.</summary>
/// <param name="Id">A UUIDv7.</param>
/// <param name="By">Who asked.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Reason">Why, in their words; null when they gave none.</param>
/// <param name="Targets">What it is about; never empty. Of a request about generations: the partition whose owner does it for all.</param>
/// <param name="Generations">What a request about generations is about; null for others.</param>
/// <param name="Key">Of <see cref="SinkRequestKind.Rederive"/>: the aggregate; null for those between two offsets.</param>
/// <param name="CutsReplay">Of <see cref="SinkRequestKind.Reset"/>: it may leave out what was handled before, and what a replay has not come to yet.</param>
public sealed record SinkRequest(
    string Id, SinkRequestKind Kind, string By, DateTimeOffset At, string? Reason, IReadOnlyList<SinkTarget> Targets,
    GenerationAsking? Generations = null, string? Key = null, bool CutsReplay = false)
{
    /// <summary>It is about the destination as a whole, and asked of the sink under its first name.</summary>
    [JsonIgnore]
    public bool IsOfGenerations => Kind is SinkRequestKind.Verify or SinkRequestKind.Swap or SinkRequestKind.Drop;
}

/// <param name="Right">The generation to be judged, shown or removed.</param>
/// <param name="Left">Of a verify: the one that it is compared with.</param>
/// <param name="ExamplesMax">Of a verify: most differing keys shown of each part.</param>
/// <param name="Acknowledged">Of a swap: id of the verify whose differences are meant; null for none.</param>
public sealed record GenerationAsking(int Right, int Left = 0, int ExamplesMax = 0, string? Acknowledged = null);

/// <summary>A place in the log.</summary>
/// <param name="Offset">Of a reset: where to. Of a dead letter: where its record lies. Of aggregates that are derived again: the first offset that counts. Otherwise 0.</param>
/// <param name="Until">Of aggregates that are derived again: the first offset that doesn't count any more; null for all.</param>
public sealed record SinkTarget(string Topic, int Partition, long Offset = 0, long? Until = null)
{
    public override string ToString() => $"{Topic}-{Partition}@{Offset}";
}

/// <summary>What became of a request on one partition.</summary>
/// <param name="IsDone">Otherwise it was refused.</param>
/// <param name="Message">What was done, or why not; for a person.</param>
/// <param name="Host">Where.</param>
/// <param name="Proof">Of a verify: what was found.</param>
public sealed record SinkAnswer(
    string RequestId, string Topic, int Partition, bool IsDone, string Message, string Host, DateTimeOffset At, GenerationProof? Proof = null);

/// <summary>What a comparison is worth: all that the left had derived when it was asked for, or only what the right had come to by then.</summary>
/// <param name="EventsToGo">Offsets that the left had handled and the right had not; 0: the proof is whole.</param>
public sealed record GenerationProof(long EventsToGo, GenerationComparison Comparison)
{
    /// <summary>Whole, and without a difference.</summary>
    [JsonIgnore]
    public bool IsEqual => EventsToGo == 0 && Comparison.IsEqual;
}

/// <summary>Whether a sink is to stand still.</summary>
public sealed record SinkPause(bool IsPaused, string By, DateTimeOffset At, string? Reason);
