using Streaming.Broker.Groups.Membership;

namespace Streaming.Broker.Groups.Consumer;

/// <summary>What makes a member of a group of the consumer protocol one that speaks the classic protocol.</summary>
/// <param name="SessionTimeoutMs">How long it may be silent: such members say so themselves.</param>
/// <param name="Protocols">The strategies that it offers, the first preferred. Here none of them is used; they count again when the group becomes classic.</param>
internal sealed record ClassicMembership(int SessionTimeoutMs, IReadOnlyList<MemberProtocol> Protocols)
{
    /// <summary>The strategy that the member is told it follows.</summary>
    public string ProtocolName => Protocols[0].Name;

    /// <summary>In which it reads assignments.</summary>
    public short AssignmentVersion => ConsumerSubscription.Read(Protocols[0].Metadata)?.Version ?? 0;

    public bool Equals(ClassicMembership? other) => other is not null && SessionTimeoutMs == other.SessionTimeoutMs && Protocols.SequenceEqual(other.Protocols);

    public override int GetHashCode() => HashCode.Combine(SessionTimeoutMs, Protocols.Count);
}
