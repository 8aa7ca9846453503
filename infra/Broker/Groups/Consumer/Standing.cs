namespace Streaming.Broker.Groups.Consumer;

/// <summary>How far a member has come towards its target. The numbers are those of the journal.</summary>
internal enum StandingState : sbyte
{
    /// <summary>It has what the target of its epoch gives it.</summary>
    Stable = 0,

    /// <summary>It was told to give up partitions, and has not said yet that it did. Its epoch stays behind until then.</summary>
    UnrevokedPartitions = 1,

    /// <summary>It waits for partitions that another member has not given up yet.</summary>
    UnreleasedPartitions = 2,
}

/// <summary>Where a member stands between what it has and what it shall have.</summary>
/// <param name="Epoch">What the member must name in its requests; <see cref="TemporarilyGone"/> while a static member restarts.</param>
/// <param name="PreviousEpoch">Accepted once more, because the answer that brought the newer one may be lost.</param>
/// <param name="Assigned">Partitions it may use.</param>
/// <param name="PendingRevocation">Partitions it was told to give up: still its own, and nobody else's.</param>
internal sealed record Standing(int Epoch, int PreviousEpoch, StandingState State, PartitionSet Assigned, PartitionSet PendingRevocation)
{
    /// <summary>Epoch of a static member that said it comes back.</summary>
    public const int TemporarilyGone = -2;

    /// <summary>Of a member that has just come.</summary>
    public static readonly Standing New = new(Epoch: 0, PreviousEpoch: 0, StandingState.Stable, PartitionSet.Empty, PartitionSet.Empty);

    /// <summary>All that no other member may have.</summary>
    public IEnumerable<TopicIdPartition> Held => Assigned.All.Concat(PendingRevocation.All);

    public bool IsReconciledTo(int targetEpoch) => State == StandingState.Stable && Epoch == targetEpoch;

    /// <summary>The next standing in an epoch, which may be the present one.</summary>
    public Standing In(int epoch, StandingState state, PartitionSet assigned, PartitionSet pendingRevocation)
    {
        var next = new Standing(epoch, Epoch, state, assigned, pendingRevocation);
        return next with { PreviousEpoch = PreviousEpoch } == this ? this : next;
    }
}
