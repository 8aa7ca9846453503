namespace Streaming.Contracts.Topics;

/// <summary>The topics of one context. All have the same partition count, so that partition p of one belongs to partition p of the others.</summary>
/// <param name="Context">Such as <c>inventory</c>.</param>
/// <param name="Commands">What was asked; key: aggregate id.</param>
/// <param name="Results">What became of it; key: <see cref="Envelope.ResultKey"/>.</param>
/// <param name="Events">The truth; key: <see cref="Envelope.EventKey"/>, partitioned by the aggregate id alone.</param>
/// <param name="Snapshots">Newest states, to restore faster; key: aggregate id, or <c>@checkpoint</c>. May be deleted at any time.</param>
/// <param name="Erasures">Closed aggregates whose events were purged; key: aggregate id.</param>
public sealed record ContextTopics(
    string Context, TopicDefinition Commands, TopicDefinition Results, TopicDefinition Events, TopicDefinition Snapshots, TopicDefinition Erasures)
{
    public int PartitionCount => Events.PartitionCount;

    public IEnumerable<TopicDefinition> All => [Commands, Results, Events, Snapshots, Erasures];

    /// <summary>The same topics under another name: for several installations on one cluster.</summary>
    public ContextTopics WithPrefix(string prefix) => prefix.Length == 0 ? this : this with
    {
        Commands = Commands with { Name = prefix + Commands.Name },
        Results = Results with { Name = prefix + Results.Name },
        Events = Events with { Name = prefix + Events.Name },
        Snapshots = Snapshots with { Name = prefix + Snapshots.Name },
        Erasures = Erasures with { Name = prefix + Erasures.Name },
    };
}
