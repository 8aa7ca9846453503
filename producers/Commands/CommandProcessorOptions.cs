using System.ComponentModel.DataAnnotations;

namespace Streaming.Commands;

/// <summary>How the command processor works. Section <c>Commands:Processor</c>.</summary>
public sealed class CommandProcessorOptions
{
    public const string Section = "Commands:Processor";

    /// <summary>Most commands per transaction. A transaction costs some milliseconds whatever is in it, so more is faster; a crash repeats as many.</summary>
    [Range(1, 10_000)]
    public int BatchRecordsMax { get; set; } = 1_000;

    /// <summary>Longest time that a batch is collected and decided, in milliseconds. Bounds what a slow decider adds to the answer's latency.</summary>
    [Range(1, 5_000)]
    public int BatchMsMax { get; set; } = 100;

    /// <summary>Shortest time from one batch of a partition to the next, in milliseconds: under load, commands that come meanwhile share a
    /// transaction. One that comes after a pause is decided at once. 0 takes what is there: least latency while there are processors to spare.</summary>
    [Range(0, 1_000)]
    public int BatchIntervalMs { get; set; } = 10;

    /// <summary>Commands per partition that are held ready. Above, the partition is paused until half of them are decided.</summary>
    [Range(100, 1_000_000)]
    public int QueuedRecordsMax { get; set; } = 8_000;

    /// <summary>How far back a repeated command id is recognised. A command recorded earlier is answered "expired" and never decided.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan DuplicatesWindow { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Most results remembered per partition, each as long as its record and about 60 bytes. When there are more within the window, it is shorter.</summary>
    [Range(1_000, 100_000_000)]
    public int DuplicatesMax { get; set; } = 100_000;

    /// <summary>After how many events of a partition the states that changed are written as snapshots. Fewer makes a restart faster, which has as
    /// many to fold, and about as many more when a round is under way; each costs one more small record per aggregate that changed.</summary>
    [Range(1, 1_000_000_000)]
    public long SnapshotEveryEvents { get; set; } = 50_000;

    /// <summary>After how many minutes at the latest a change is in a snapshot's round, however few events there are; 0 for no such limit. For
    /// partitions of long streams that are quiet: without it their restart folds what <see cref="SnapshotEveryEvents"/> has not reached.</summary>
    [Range(0, 10_080)]
    public int SnapshotEveryMinutes { get; set; }

    /// <summary>Most snapshots that a transaction of commands carries beside its own records, so that no command waits long for them.</summary>
    [Range(1, 10_000)]
    public int SnapshotsPerTransactionMax { get; set; } = 500;

    /// <summary>After how long without a commit the cluster aborts a transaction, in milliseconds: a dead host holds back readers no longer than that.</summary>
    [Range(1_000, 900_000)]
    public int TransactionTimeoutMs { get; set; } = 10_000;

    /// <summary>After how long without a heartbeat the group gives a host's partitions to others, in milliseconds. The cluster bounds it
    /// (<c>group.min.session.timeout.ms</c>, 6000 by default).</summary>
    [Range(1_000, 300_000)]
    public int SessionTimeoutMs { get; set; } = 6_000;

    /// <summary>After how long with commands waiting and none decided the host reports itself unhealthy.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StallAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many events an aggregate has when the log warns of it, and again at each doubling. Deciding does not slow down, but restoring
    /// without a snapshot and reading its history do: such an aggregate may better be several.</summary>
    [Range(100, long.MaxValue)]
    public long StreamLengthWarning { get; set; } = 10_000;
}
