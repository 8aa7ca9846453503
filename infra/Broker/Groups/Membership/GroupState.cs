namespace Streaming.Broker.Groups.Membership;

/// <summary>Where a classic group stands between two assignments. The names are what clients and tools see.</summary>
internal enum GroupState
{
    /// <summary>No members; it may still hold offsets.</summary>
    Empty,

    /// <summary>Waiting for members to (re)join.</summary>
    PreparingRebalance,

    /// <summary>Joined; waiting for the leader's assignment.</summary>
    CompletingRebalance,

    /// <summary>Every member has its assignment.</summary>
    Stable,

    /// <summary>Deleted while somebody still held a reference to it.</summary>
    Dead,
}
