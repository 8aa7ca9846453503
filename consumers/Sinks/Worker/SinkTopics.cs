using Streaming.Contracts.Topics;

namespace Streaming.Sinks.Worker;

/// <summary>The topics that a sink reads and writes, under the installation's prefix.</summary>
/// <param name="contexts">Whose events it reads, with the prefix in their names already.</param>
/// <param name="further">What this sink needs beside those that all have.</param>
internal sealed class SinkTopics(string prefix, string sink, IReadOnlyList<ContextTopics> contexts, IReadOnlyCollection<TopicDefinition> further)
{
    public TopicDefinition Control { get; } = Prefixed(prefix, TopicCatalogue.Control);

    public TopicDefinition Status { get; } = Prefixed(prefix, TopicCatalogue.Status);

    public TopicDefinition DeadLetters { get; } = Prefixed(prefix, TopicCatalogue.DeadLettersOf(sink, contexts.Max(context => context.PartitionCount)));

    public IReadOnlyCollection<TopicDefinition> All =>
    [
        .. contexts.SelectMany(context => new[] { context.Events, context.Erasures }), Control, Status, DeadLetters,
        .. further.DistinctBy(topic => topic.Name).Select(topic => Prefixed(prefix, topic)),
    ];

    private static TopicDefinition Prefixed(string prefix, TopicDefinition topic) => topic with { Name = prefix + topic.Name };
}
