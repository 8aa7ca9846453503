namespace Streaming.Broker.Groups.Membership;

/// <summary>Where a group stands between two assignments. The names are what clients and tools see.</summary>
internal enum GroupState
{
    /// <summary>No members; it may still hold offsets.</summary>
    Empty,

    /// <summary>Classic: waiting for members to (re)join.</summary>
    PreparingRebalance,

    /// <summary>Classic: joined; waiting for the leader's assignment.</summary>
    CompletingRebalance,

    /// <summary>Consumer: who shall have what is about to be worked out.</summary>
    Assigning,

    /// <summary>Consumer: members give up and get partitions.</summary>
    Reconciling,

    /// <summary>Every member has its assignment.</summary>
    Stable,

    /// <summary>Deleted while somebody still held a reference to it.</summary>
    Dead,
}
