using System.ComponentModel.DataAnnotations;

namespace Streaming.Commands.Routing;

/// <summary>How routers work. Section <c>Commands:Router</c>.</summary>
public sealed class RouterOptions
{
    public const string Section = "Commands:Router";

    /// <summary>Most records per transaction. A crash repeats as many.</summary>
    [Range(1, 10_000)]
    public int BatchRecordsMax { get; set; } = 1_000;

    /// <summary>How often the position is written when nothing was of interest, in milliseconds. A restart reads that much again.</summary>
    [Range(10, 60_000)]
    public int IdleCommitMs { get; set; } = 1_000;

    /// <summary>After how long without a commit the cluster aborts a transaction, in milliseconds. A dead router's is ended by its successor, as a rule long before.</summary>
    [Range(1_000, 900_000)]
    public int TransactionTimeoutMs { get; set; } = 10_000;

    /// <summary>After how long without a heartbeat the group gives a router's partitions to others, in milliseconds. The cluster bounds it
    /// (<c>group.min.session.timeout.ms</c>, 6000 by default).</summary>
    [Range(1_000, 300_000)]
    public int SessionTimeoutMs { get; set; } = 6_000;

    /// <summary>How long a partition rests after a record that cannot be read, before it is tried again, in milliseconds.</summary>
    [Range(100, 3_600_000)]
    public int PoisonRetryMs { get; set; } = 30_000;
}
