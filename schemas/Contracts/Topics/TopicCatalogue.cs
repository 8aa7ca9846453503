using System.Collections.Frozen;
using System.Globalization;

namespace Streaming.Contracts.Topics;

/// <summary>Every topic of the pipeline, with its policy and the reason for it.</summary>
public static class TopicCatalogue
{
    /// <summary>Chosen once: six hosts can share a context, and a single machine still carries it easily.</summary>
    public const int PartitionCount = 6;

    public static ContextTopics Inventory { get; } = Of("inventory");

    public static IReadOnlyList<ContextTopics> All { get; } = [Inventory];

    /// <summary>The three topics of a context, by the pipeline's rules.</summary>
    public static ContextTopics Of(string context, int partitionCount = PartitionCount) => new(
        context,
        new TopicDefinition($"{context}.commands", partitionCount, DeletedAfter(TimeSpan.FromDays(7))),
        new TopicDefinition($"{context}.results", partitionCount, DeletedAfter(TimeSpan.FromDays(7))),
        new TopicDefinition($"{context}.events", partitionCount, CompactedAfter(TimeSpan.FromDays(7))));

    private static FrozenDictionary<string, string> DeletedAfter(TimeSpan age) => new Dictionary<string, string>
    {
        ["cleanup.policy"] = "delete",
        ["retention.ms"] = Milliseconds(age),
    }.ToFrozenDictionary();

    // Compacted, never deleted: retention.ms says nothing here, but a reader of the topic's settings expects it to.
    private static FrozenDictionary<string, string> CompactedAfter(TimeSpan age) => new Dictionary<string, string>
    {
        ["cleanup.policy"] = "compact",
        ["retention.ms"] = "-1",
        ["min.compaction.lag.ms"] = Milliseconds(age),
    }.ToFrozenDictionary();

    private static string Milliseconds(TimeSpan age) => ((long)age.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
