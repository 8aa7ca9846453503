using System.Collections.Immutable;

namespace Streaming.Broker.Groups.Consumer;

/// <summary>The difference between two states of a group, as records for its journal.</summary>
internal static class ConsumerGroupChanges
{
    /// <summary>What makes <paramref name="after"/> of <paramref name="before"/>: who is gone, then who is there, the epochs, and what everybody has.</summary>
    public static IReadOnlyList<ConsumerGroupRecord> Between(string groupId, ConsumerGroupState before, ConsumerGroupState after) =>
    [
        .. Gone(before.Standings, after.Standings, memberId => new ConsumerGroupRecord.Current(groupId, memberId, Saved: null)),
        .. Gone(before.Targets, after.Targets, memberId => new ConsumerGroupRecord.Target(groupId, memberId, Saved: null)),
        .. Gone(before.Members, after.Members, memberId => new ConsumerGroupRecord.Member(groupId, memberId, Saved: null)),
        .. Changed(before.Members, after.Members, (memberId, member) => new ConsumerGroupRecord.Member(groupId, memberId, member)),
        .. (before.Epoch, before.TopicsHash) == (after.Epoch, after.TopicsHash)
            ? Array.Empty<ConsumerGroupRecord>() : [new ConsumerGroupRecord.Epoch(groupId, new GroupEpoch(after.Epoch, after.TopicsHash))],
        .. Changed(before.Targets, after.Targets, (memberId, target) => new ConsumerGroupRecord.Target(groupId, memberId, target)),
        .. before.TargetEpoch == after.TargetEpoch
            ? Array.Empty<ConsumerGroupRecord>() : [new ConsumerGroupRecord.TargetEpoch(groupId, new TargetAssignmentEpoch(after.TargetEpoch))],
        .. Changed(before.Standings, after.Standings, (memberId, standing) => new ConsumerGroupRecord.Current(groupId, memberId, standing)),
    ];

    /// <summary>What makes the journal forget the group.</summary>
    public static IReadOnlyList<ConsumerGroupRecord> Deletion(string groupId, ConsumerGroupState before) =>
    [
        .. Between(groupId, before, before with { Members = before.Members.Clear(), Standings = before.Standings.Clear(), Targets = before.Targets.Clear() }),
        new ConsumerGroupRecord.TargetEpoch(groupId, Saved: null),
        new ConsumerGroupRecord.Epoch(groupId, Saved: null),
    ];

    private static IEnumerable<ConsumerGroupRecord> Gone<T>(
        ImmutableSortedDictionary<string, T> before, ImmutableSortedDictionary<string, T> after, Func<string, ConsumerGroupRecord> record) =>
        ReferenceEquals(before, after) ? [] : before.Keys.Where(memberId => !after.ContainsKey(memberId)).Select(record);

    private static IEnumerable<ConsumerGroupRecord> Changed<T>(
        ImmutableSortedDictionary<string, T> before, ImmutableSortedDictionary<string, T> after, Func<string, T, ConsumerGroupRecord> record)
        where T : class => ReferenceEquals(before, after)
            ? []
            : after.Where(entry => !before.TryGetValue(entry.Key, out var present) || !present.Equals(entry.Value)).Select(entry => record(entry.Key, entry.Value));
}
