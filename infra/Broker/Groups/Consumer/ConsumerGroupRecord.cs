using Streaming.Broker.Groups.Offsets;

namespace Streaming.Broker.Groups.Consumer;

/// <summary>What one record of __consumer_offsets says about a group of the consumer protocol. Nothing saved: it was deleted.</summary>
internal abstract record ConsumerGroupRecord(string GroupId) : OffsetsRecord(GroupId)
{
    internal sealed record Epoch(string GroupId, GroupEpoch? Saved) : ConsumerGroupRecord(GroupId);

    internal sealed record TargetEpoch(string GroupId, TargetAssignmentEpoch? Saved) : ConsumerGroupRecord(GroupId);

    internal sealed record Member(string GroupId, string MemberId, Subscriber? Saved) : ConsumerGroupRecord(GroupId);

    internal sealed record Target(string GroupId, string MemberId, PartitionSet? Saved) : ConsumerGroupRecord(GroupId);

    internal sealed record Current(string GroupId, string MemberId, Standing? Saved) : ConsumerGroupRecord(GroupId);
}

/// <param name="TopicsHash">0 when no topic is subscribed, or a broker wrote it that keeps none.</param>
internal sealed record GroupEpoch(int Epoch, long TopicsHash);

internal sealed record TargetAssignmentEpoch(int Epoch);
