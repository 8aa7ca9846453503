namespace Streaming.Broker.Groups.Membership;

/// <summary>What of a group survives a restart: its last complete generation, with every member's assignment.</summary>
/// <param name="ProtocolType">"consumer", "connect" and the like; empty for a group that never had members.</param>
/// <param name="StateTimestampMs">When it came into this state, Unix milliseconds; offsets of an empty group expire counting from here. -1 when unknown.</param>
internal sealed record GroupSnapshot(
    string ProtocolType,
    int Generation,
    string? Protocol,
    string? Leader,
    long StateTimestampMs,
    IReadOnlyList<MemberSnapshot> Members);

internal sealed record MemberSnapshot(
    string Id,
    string? InstanceId,
    string ClientId,
    string ClientHost,
    int RebalanceTimeoutMs,
    int SessionTimeoutMs,
    ReadOnlyMemory<byte> Subscription,
    ReadOnlyMemory<byte> Assignment);

/// <summary>Where a group keeps its snapshot.</summary>
internal interface IGroupJournal
{
    /// <summary>Saves the snapshot before the members learn of what it says.</summary>
    /// <returns>Whether it is safe; false when the log refused it (a full disk).</returns>
    bool TrySave(string groupId, GroupSnapshot snapshot);
}
