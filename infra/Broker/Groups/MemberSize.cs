using Streaming.Broker.Groups.Consumer;
using Streaming.Broker.Groups.Membership;

namespace Streaming.Broker.Groups;

/// <summary>How many bytes a member makes its group keep. Text counts two a character, as it lies in memory.</summary>
internal static class MemberSize
{
    /// <summary>Of a member that joins by the classic protocol: what it calls itself, and what it wants in each strategy that it offers.</summary>
    public static long Of(JoinGroupRequest request, GroupClient client) =>
        OfTexts(request.MemberId, request.GroupInstanceId, client.ClientId, client.Host) + Of(request.Protocols);

    public static long Of(Member member) =>
        OfTexts(member.Id, member.InstanceId, member.Client.ClientId, member.Client.Host) + Of(member.Protocols) + member.Assignment.Length;

    /// <summary>Of a member of a group of the consumer protocol. What it is assigned is not counted: that is the coordinator's doing.</summary>
    public static long Of(string memberId, Subscriber member) =>
        OfTexts([memberId, member.InstanceId, member.RackId, member.Client.ClientId, member.Client.Host, member.TopicPattern, .. member.TopicNames]) + Of(member.Classic?.Protocols ?? []);

    public static long OfTexts(params IEnumerable<string?> texts) => texts.Sum(text => sizeof(char) * (long)(text?.Length ?? 0));

    private static long Of(IReadOnlyList<MemberProtocol> protocols) => protocols.Sum(protocol => OfTexts(protocol.Name) + protocol.Metadata.Length);
}
