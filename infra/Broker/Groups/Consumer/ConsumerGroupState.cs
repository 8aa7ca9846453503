using System.Collections.Immutable;

namespace Streaming.Broker.Groups.Consumer;

/// <summary>All that a group of the consumer protocol remembers. Immutable: what is done to a group makes another state, and the difference goes to the journal.</summary>
/// <remarks>Members are in three tables because the journal has three kinds of records for them, which compaction may put in any order.</remarks>
/// <param name="Epoch">Rises whenever the target has to be worked out anew: members or their topics changed.</param>
/// <param name="TopicsHash">Of the subscribed topics and their partitions when the epoch last rose.</param>
/// <param name="TargetEpoch">The epoch that <paramref name="Targets"/> belong to.</param>
/// <param name="Members">By member id, in ordinal order, as the others.</param>
internal sealed record ConsumerGroupState(
    int Epoch,
    long TopicsHash,
    int TargetEpoch,
    ImmutableSortedDictionary<string, Subscriber> Members,
    ImmutableSortedDictionary<string, Standing> Standings,
    ImmutableSortedDictionary<string, PartitionSet> Targets)
{
    /// <summary>Of a group that has just been made.</summary>
    public static readonly ConsumerGroupState New = new(Epoch: 0, TopicsHash: 0, TargetEpoch: 0, Table<Subscriber>(), Table<Standing>(), Table<PartitionSet>());

    public Standing StandingOf(string memberId) => Standings.GetValueOrDefault(memberId, Standing.New);

    public PartitionSet TargetOf(string memberId) => Targets.GetValueOrDefault(memberId, PartitionSet.Empty);

    /// <summary>The member with this instance id; null when there is none.</summary>
    public string? FindStatic(string instanceId) => Members.FirstOrDefault(member => member.Value.InstanceId == instanceId).Key;

    public ConsumerGroupState With(string memberId, Subscriber member) => this with { Members = Members.SetItem(memberId, member) };

    public ConsumerGroupState With(string memberId, Standing standing) => this with { Standings = Standings.SetItem(memberId, standing) };

    public ConsumerGroupState Without(string memberId) =>
        this with { Members = Members.Remove(memberId), Standings = Standings.Remove(memberId), Targets = Targets.Remove(memberId) };

    /// <summary>Takes in what the journal says, whatever came before it.</summary>
    public ConsumerGroupState Apply(ConsumerGroupRecord record) => record switch
    {
        ConsumerGroupRecord.Epoch { Saved: var saved } => this with { Epoch = saved?.Epoch ?? 0, TopicsHash = saved?.TopicsHash ?? 0 },
        ConsumerGroupRecord.TargetEpoch { Saved: var saved } => this with { TargetEpoch = saved?.Epoch ?? 0 },
        ConsumerGroupRecord.Member { Saved: var saved } member => this with { Members = Put(Members, member.MemberId, saved) },
        ConsumerGroupRecord.Target { Saved: var saved } target => this with { Targets = Put(Targets, target.MemberId, saved) },
        ConsumerGroupRecord.Current { Saved: var saved } current => this with { Standings = Put(Standings, current.MemberId, saved) },
        _ => throw new System.Diagnostics.UnreachableException($"No meaning for {record.GetType().Name}; add it above."),
    };

    private static ImmutableSortedDictionary<string, T> Put<T>(ImmutableSortedDictionary<string, T> table, string memberId, T? saved)
        where T : class => saved is null ? table.Remove(memberId) : table.SetItem(memberId, saved);

    private static ImmutableSortedDictionary<string, T> Table<T>() => ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
}
