using Streaming.Contracts.Control;
using Streaming.Contracts.Topics;

namespace Streaming.Cli.Sinks;

/// <summary>What <c>sinks reset --key</c> and <c>--until</c> ask of which partitions.</summary>
internal static class RederiveTargets
{
    /// <summary>The partition that the aggregate's events are in.</summary>
    /// <exception cref="Failure">It cannot be told which.</exception>
    public static SinkTarget OfKey(string key, IReadOnlyList<SinkReport> reports)
    {
        var topics = reports.Select(report => report.Topic).Distinct().ToList();
        if (topics.Count > 1)
            throw new Failure($"Whose {key} is meant? Give --topic: one of {string.Join(", ", topics)}.");
        return new SinkTarget(topics[0], Murmur2.Partition(key, TopicCatalogue.PartitionCount));
    }

    /// <summary>The partitions in which anything lies between two places and was handled.</summary>
    public static List<SinkTarget> Between(
        IEnumerable<SinkReport> reports, Dictionary<(string Topic, int Partition), long> from, Dictionary<(string Topic, int Partition), long> until) =>
        [.. reports.Select(report => new SinkTarget(report.Topic, report.Partition, from[(report.Topic, report.Partition)], Math.Min(until[(report.Topic, report.Partition)], report.NextOffset)))
            .Where(target => target.Offset < target.Until)];

    public static string Describe(SinkTarget target, string? key) => key is not null
        ? $"{target.Topic}-{target.Partition}: {key} is derived again, whole."
        : $"{target.Topic}-{target.Partition}: aggregates with events from @{target.Offset} up to @{target.Until} are derived again, whole.";
}
