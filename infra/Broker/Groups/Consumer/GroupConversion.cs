using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Groups.Consumer;

/// <summary>What becomes of a group's members when it goes over to the other protocol while they are at work.</summary>
/// <remarks>
/// Nobody loses or gets a partition by it: what a classic member was assigned last is what it has and shall have, and the other way round. Of cooperative members one may
/// still have, at that very moment, what it was not assigned again, and nobody else either: unlike in Kafka it is its own until it says that it has given it up.
/// Unlike Kafka, which refuses any assignment with user data, and with them librdkafka's members that rebalance incrementally, those of strategies that come with clients are taken.
/// Source: KIP-848, migration; Apache Kafka 4.2.
/// </remarks>
internal static class GroupConversion
{
    // What these say beside an assignment nobody reads: nothing is lost with it.
    private static readonly HashSet<string> _clientsOwnStrategies = ["range", "roundrobin", "sticky", "cooperative-sticky"];

    /// <param name="reason">Why there is none.</param>
    /// <returns>What a group of the consumer protocol remembers of the members; its epoch is their generation. Null when they do not understand one another as consumers do.</returns>
    public static ConsumerGroupState? ToConsumers(ClassicGroup group, ITopicDirectory topics, out string reason)
    {
        reason = "";
        var state = ConsumerGroupState.New with { Epoch = group.Generation, TargetEpoch = group.Generation };
        if (group.Members.Count == 0)
            return state;       // They left while it was waited for more of them.
        var claims = new Dictionary<string, PartitionSet>();
        var protocol = ProtocolChoice.Choose(group.Members);
        foreach (var member in group.Members)
        {
            var subscription = ConsumerSubscription.Read(member.MetadataFor(protocol));
            var assignment = ConsumerAssignment.Read(member.Assignment);
            if (subscription is null || assignment is null)
                reason = "the embedded consumer protocol is malformed.";
            else if (assignment.HasUserData && !_clientsOwnStrategies.Contains(protocol))
                reason = "an unsupported custom assignor is in use. Please refer to the documentation or switch to a default assignor before re-attempting the upgrade.";
            if (reason.Length > 0)
                return null;
            var has = NamedPartitions.ToSet(assignment!.Partitions, topics);
            state = state
                .With(member.Id, ToSubscriber(member, subscription!))
                .With(member.Id, new Standing(group.Generation, group.Generation, StandingState.Stable, has, PartitionSet.Empty));
            state = state with { Targets = state.Targets.SetItem(member.Id, has) };
            claims[member.Id] = NamedPartitions.ToSet(subscription!.Owned, topics);
        }

        var assigned = state.Standings.Values.Aggregate(PartitionSet.Empty, static (all, standing) => all.Union(standing.Assigned));
        return claims.Aggregate(state, (next, claim) => next.With(claim.Key, StillGivingUp(next.StandingOf(claim.Key), claim.Value.Except(assigned))));
    }

    /// <summary>The generation of a classic group that goes on with these members: they must not be told that theirs is an old one, or they would give up everything.</summary>
    public static int GenerationOf(ConsumerGroupState state) => state.Members.Keys.Max(memberId => state.StandingOf(memberId).Epoch);

    /// <summary>The members of a group in which all speak the classic protocol, each with what it has, or has not given up yet: that is its own should the group go over again before they have joined.</summary>
    public static IReadOnlyList<Member> ToClassic(ConsumerGroupState state, ITopicDirectory topics) =>
        [.. state.Members.Select(member => ToMember(member.Key, member.Value, member.Value.Classic!, NamedPartitions.Of(PartitionSet.Of(state.StandingOf(member.Key).Held), topics)))];

    private static Standing StillGivingUp(Standing standing, PartitionSet unassigned) =>
        unassigned.IsEmpty ? standing : standing with { State = StandingState.UnrevokedPartitions, PendingRevocation = unassigned };

    private static Subscriber ToSubscriber(Member member, ConsumerSubscription subscription) => new(
        member.InstanceId, subscription.RackId, member.Client, Subscriber.NamesOf(subscription.Topics), TopicPattern: "", (int)member.RebalanceTimeout.TotalMilliseconds, ServerAssignor: null,
        new ClassicMembership((int)member.SessionTimeout.TotalMilliseconds, member.Protocols));

    private static Member ToMember(string memberId, Subscriber member, ClassicMembership classic, IReadOnlyList<NamedPartitions> has) => new(memberId, member.InstanceId, member.Client)
    {
        IsNew = false,
        SessionTimeout = TimeSpan.FromMilliseconds(classic.SessionTimeoutMs),
        RebalanceTimeout = TimeSpan.FromMilliseconds(member.RebalanceTimeoutMs),
        Protocols = classic.Protocols,
        Assignment = ConsumerAssignment.Write(classic.AssignmentVersion, has),
    };
}
