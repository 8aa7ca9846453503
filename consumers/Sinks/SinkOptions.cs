using System.ComponentModel.DataAnnotations;

namespace Streaming.Sinks;

/// <summary>How a sink's worker batches, waits and tries again. Section <c>Sinks</c>.</summary>
public sealed class SinkOptions
{
    public const string Section = "Sinks";

    /// <summary>Most events written at once. More is faster in catch-up, and costs memory.</summary>
    [Range(1, 100_000)]
    public int BatchEventsMax { get; set; } = 5_000;

    /// <summary>Most bytes of keys and values written at once.</summary>
    [Range(1_024, 256 * 1024 * 1024)]
    public int BatchBytesMax { get; set; } = 8 * 1024 * 1024;

    /// <summary>How long a batch that is not full waits for further events. 0 writes what is there: fewest milliseconds to the row.</summary>
    [Range(0, 600_000)]
    public int BatchLingerMs { get; set; } = 5;

    /// <summary>Most records that wait per partition. Then the partition pauses.</summary>
    [Range(1, 1_000_000)]
    public int QueueRecordsMax { get; set; } = 10_000;

    /// <summary>Most bytes that wait per partition. Then the partition pauses.</summary>
    [Range(1_024, 1024 * 1024 * 1024)]
    public int QueueBytesMax { get; set; } = 16 * 1024 * 1024;

    /// <summary>How long a full queue holds up the other partitions before its partition pauses. Pausing costs: what was fetched ahead is fetched again.</summary>
    [Range(0, 10_000)]
    public int QueueWaitMs { get; set; } = 250;

    /// <summary>Most partitions written at the same time. More than the destination has processors makes it slower.</summary>
    [Range(1, 256)]
    public int WritersMax { get; set; } = 4;

    /// <summary>The same for a generation that readers don't see: fewer are gentler to the live one beside it.</summary>
    [Range(1, 256)]
    public int RebuildWritersMax { get; set; } = 2;

    /// <summary>Most events of a partition that handlers and enrichments have in hand at once; those of one aggregate always come one after another.</summary>
    [Range(1, 1_000)]
    public int LanesMax { get; set; } = 16;

    /// <summary>How often the consumer group's offsets are committed. Only tools look at them: the true position is in the destination.</summary>
    [Range(0, 600_000)]
    public int GroupCommitIntervalMs { get; set; } = 1_000;

    /// <summary>First wait after a failure; it doubles with each further one.</summary>
    [Range(1, 600_000)]
    public int RetryDelayMs { get; set; } = 200;

    /// <summary>Longest wait between two tries.</summary>
    [Range(1, 600_000)]
    public int RetryDelayMaxMs { get; set; } = 10_000;

    /// <summary>Tries after a failure that is not the destination being away. Then the partition stops.</summary>
    [Range(0, 1_000)]
    public int PermanentFailureRetriesMax { get; set; } = 3;

    /// <summary>Health fails when there is something to read and nothing was written for so long.</summary>
    [Range(1_000, 3_600_000)]
    public int StallAfterMs { get; set; } = 30_000;

    /// <summary>How long a batch in hand may take when the partition is given up or the host stops; then it is abandoned, which loses nothing.</summary>
    [Range(0, 600_000)]
    public int DrainMs { get; set; } = 10_000;

    /// <summary>What happens with an event that cannot be handled: <c>Park</c> puts it among the dead letters with its reason, and later events of its
    /// aggregate behind it; <c>Stop</c> stops its partition. A damaged log (a gap, a contradiction) always stops it.</summary>
    public PoisonPolicy OnPoison { get; set; } = PoisonPolicy.Park;

    /// <summary>Most dead letters of a partition that may wait: they are held in memory, and so many are no single events any more. Then the partition stops.</summary>
    [Range(1, 10_000_000)]
    public int ParkedRecordsMax { get; set; } = 10_000;

    /// <summary>Most bytes of them, in keys, values and headers. Then the partition stops.</summary>
    [Range(1_024, 16L * 1024 * 1024 * 1024)]
    public long ParkedBytesMax { get; set; } = 64 * 1024 * 1024;

    /// <summary>How often the host reports on its partitions to the status topic.</summary>
    [Range(100, 600_000)]
    public int ReportIntervalMs { get; set; } = 2_000;

    /// <summary>How soon a request is noticed by a partition that has nothing to do.</summary>
    [Range(10, 60_000)]
    public int ControlPollMs { get; set; } = 250;

    /// <summary>Names this host for good within its group (a static member): a restart within the session time-out moves no partition. Null: no.</summary>
    public string? InstanceId { get; set; }
}

/// <summary>What happens with an event that cannot be handled.</summary>
public enum PoisonPolicy
{
    /// <summary>It is parked with its reason; later events of its aggregate wait behind it, others go on.</summary>
    Park,

    /// <summary>Its partition stops.</summary>
    Stop,
}
