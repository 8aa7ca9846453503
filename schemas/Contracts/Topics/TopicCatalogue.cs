using System.Collections.Frozen;
using System.Globalization;

namespace Streaming.Contracts.Topics;

/// <summary>Every topic of the pipeline, with its policy and the reason for it.</summary>
public static class TopicCatalogue
{
    /// <summary>Chosen once: six hosts can share a context, and a single machine still carries it easily.</summary>
    public const int PartitionCount = 6;

    public static ContextTopics Inventory { get; } = Of("inventory");
    public static ContextTopics Orders { get; } = Of("orders");
    public static ContextTopics Accounts { get; } = Of("accounts");
    public static ContextTopics Fulfilment { get; } = Of("fulfilment");

    public static IReadOnlyList<ContextTopics> All { get; } = [Inventory, Orders, Accounts, Fulfilment];

    /// <summary>What sinks are asked to do, by whom, and what came of it; key: <see cref="Control.ControlKey"/>.</summary>
    public static TopicDefinition Control { get; } = new("streaming.control", 1, CompactedAfter(TimeSpan.Zero));

    /// <summary>What hosts say about their sinks; only the newest counts. Small segments, because a reader takes all of it.</summary>
    public static TopicDefinition Status { get; } = new("streaming.status", 1, new Dictionary<string, string>(CompactedAfter(TimeSpan.Zero))
    {
        ["segment.bytes"] = "1048576",
    }.ToFrozenDictionary());

    /// <summary>What a sink could not handle, and what waits behind it. Partition p holds what came from partition p of any topic.</summary>
    /// <remarks>Compacted, not deleted by age: an event that waits must not expire.</remarks>
    public static TopicDefinition DeadLettersOf(string sink, int partitionCount = PartitionCount) =>
        new($"{sink}.dead-letters", partitionCount, CompactedAfter(TimeSpan.Zero));

    /// <summary>What external systems answered to the calls of events; key: sink, event id and call.</summary>
    public static TopicDefinition Recordings { get; } = new("gateway.recordings", PartitionCount, CompactedAfter(TimeSpan.Zero));

    /// <summary>Positions of a sink that has no destination to keep them in; key: topic and partition. Small segments, as for the status.</summary>
    public static TopicDefinition CheckpointsOf(string sink) => new($"{sink}.checkpoints", 1, Status.Settings);

    /// <summary>The topics of a context, by the pipeline's rules.</summary>
    public static ContextTopics Of(string context, int partitionCount = PartitionCount) => new(
        context,
        // The age of a command decides whether a repeated one can still be recognised, and a client's clock must have no say in that.
        new TopicDefinition($"{context}.commands", partitionCount, DeletedAfter(TimeSpan.FromDays(7), ("message.timestamp.type", "LogAppendTime"))),
        new TopicDefinition($"{context}.results", partitionCount, DeletedAfter(TimeSpan.FromDays(7))),
        new TopicDefinition($"{context}.events", partitionCount, CompactedAfter(TimeSpan.FromDays(7))),
        // Only the newest state of an aggregate is of use, and the sooner the others are gone, the faster a partition is restored.
        new TopicDefinition($"{context}.snapshots", partitionCount, CompactedAfter(TimeSpan.Zero)),
        new TopicDefinition($"{context}.erasures", partitionCount, CompactedAfter(TimeSpan.Zero)));

    private static FrozenDictionary<string, string> DeletedAfter(TimeSpan age, params IEnumerable<(string Name, string Value)> more)
    {
        var settings = new Dictionary<string, string> { ["cleanup.policy"] = "delete", ["retention.ms"] = Milliseconds(age) };
        foreach (var (name, value) in more)
            settings[name] = value;
        return settings.ToFrozenDictionary();
    }

    // Compacted, never deleted: retention.ms says nothing here, but a reader of the topic's settings expects it to.
    private static FrozenDictionary<string, string> CompactedAfter(TimeSpan age) => new Dictionary<string, string>
    {
        ["cleanup.policy"] = "compact",
        ["retention.ms"] = "-1",
        ["min.compaction.lag.ms"] = Milliseconds(age),
    }.ToFrozenDictionary();

    private static string Milliseconds(TimeSpan age) => ((long)age.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
