namespace Streaming.Broker.Groups.Consumer;

/// <summary>Brings one member a step nearer to its target: first it gives up what it shall not have, then it gets what is free.</summary>
/// <remarks>
/// A member keeps its epoch until it has said that the partitions to give up are no longer its own; only then do they become free for others. It gets
/// partitions as their owners release them, in the target's epoch. Source: KIP-848, "Reconciliation"; Kafka's member states.
/// </remarks>
/// <param name="TargetEpoch">Epoch of the target assignment.</param>
/// <param name="Target">What the member shall have.</param>
/// <param name="Owned">What the member says it has; null when it did not say.</param>
/// <param name="IsSubscribed">Whether the member wants the topic, and the topic exists.</param>
/// <param name="IsHeldByOther">Whether another member has the partition, or has not given it up yet.</param>
internal sealed record Reconciliation(
    int TargetEpoch, PartitionSet Target, PartitionSet? Owned, Func<Guid, bool> IsSubscribed, Func<TopicIdPartition, bool> IsHeldByOther)
{
    /// <returns>The very same standing when there is no step to take.</returns>
    public Standing Next(Standing now)
    {
        if (now.IsReconciledTo(TargetEpoch))
            return now;
        return now.State == StandingState.UnrevokedPartitions && StillHas(now.PendingRevocation) ? RevokeMore(now) : Advance(now);
    }

    private Standing Advance(Standing now)
    {
        var target = Target.Where(p => IsSubscribed(p.TopicId));
        var kept = now.Assigned.Intersect(target);
        var revoked = now.Assigned.Except(kept);
        if (!revoked.IsEmpty && StillHas(revoked))
            return now.In(now.Epoch, StandingState.UnrevokedPartitions, kept, revoked);

        var missing = target.Except(kept);
        var free = missing.Where(p => !IsHeldByOther(p));
        var state = free.Count == missing.Count ? StandingState.Stable : StandingState.UnreleasedPartitions;
        return now.In(TargetEpoch, state, kept.Union(free), PartitionSet.Empty);
    }

    /// <summary>A member that gives up partitions still, and does not want some of the others any more either.</summary>
    private Standing RevokeMore(Standing now)
    {
        var kept = now.Assigned.Where(p => IsSubscribed(p.TopicId));
        return now.In(now.Epoch, now.State, kept, now.PendingRevocation.Union(now.Assigned.Except(kept)));
    }

    // Who says nothing still has all of it.
    private bool StillHas(PartitionSet revoked) => Owned is null || Owned.Overlaps(revoked);
}
