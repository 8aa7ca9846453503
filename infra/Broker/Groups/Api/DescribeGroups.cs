using Streaming.Broker.Api;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Server;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Api;

/// <param name="UnknownIsAnError">Before v6 an unknown group is one in the state Dead.</param>
internal sealed record DescribeGroupsRequest(IReadOnlyList<string> GroupIds, bool IncludeAuthorizedOperations, bool UnknownIsAnError);

internal sealed record DescribeGroupsResponse(IReadOnlyList<DescribedGroup> Groups, int AuthorizedOperations);

/// <param name="Protocol">Empty unless the group is stable.</param>
internal sealed record DescribedGroup(
    string GroupId, ErrorCode Error, string? Message, GroupState State, string ProtocolType, string Protocol, IReadOnlyList<DescribedMember> Members)
{
    public static DescribedGroup Unknown(string groupId, string message, bool isAnError) => new(
        groupId, isAnError ? ErrorCode.GroupIdNotFound : ErrorCode.None, isAnError ? message : null, GroupState.Dead, "", "", []);
}

internal sealed record DescribedMember(
    string MemberId, string? GroupInstanceId, GroupClient Client, ReadOnlyMemory<byte> Metadata, ReadOnlyMemory<byte> Assignment);

/// <summary>DescribeGroups (key 15), v0–v6: state, protocol and members of classic groups, with what each member consumes.</summary>
/// <remarks>v1 throttle time · v3 authorized operations · v4 static members · v5 flexible · v6 GROUP_ID_NOT_FOUND. A group of the consumer protocol is unknown here: see ConsumerGroupDescribe.
/// Source: Kafka protocol guide; KIP-345, KIP-430, KIP-1043.</remarks>
internal sealed class DescribeGroups(GroupTable groups) : IApi<DescribeGroupsRequest, DescribeGroupsResponse>
{
    public ApiKey Key => ApiKey.DescribeGroups;

    public ApiVersionRange Versions => new(0, 6, FirstFlexible: 5);

    public DescribeGroupsRequest Decode(ref WireReader reader)
    {
        var groupIds = reader.ReadStringArray();
        var includeAuthorizedOperations = reader.Version >= 3 && reader.ReadBoolean();
        reader.SkipTags();
        return new DescribeGroupsRequest(groupIds, includeAuthorizedOperations, UnknownIsAnError: reader.Version >= 6);
    }

    public ValueTask<DescribeGroupsResponse?> HandleAsync(DescribeGroupsRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<DescribeGroupsResponse?>(new DescribeGroupsResponse(
            [.. request.GroupIds.Distinct().Select(groupId => Describe(groupId, request.UnknownIsAnError))],
            request.IncludeAuthorizedOperations ? AuthorizedOperations.Group : AuthorizedOperations.NotAsked));

    public void Encode(WireWriter writer, DescribeGroupsResponse response)
    {
        if (writer.Version >= 1)
            writer.WriteInt32(0); // throttle time
        writer.WriteArray(response.Groups, (w, group) =>
        {
            w.WriteErrorCode(group.Error);
            if (w.Version >= 6)
                w.WriteReason(group.Message);
            w.WriteString(group.GroupId);
            w.WriteString(group.State.ToString());
            w.WriteString(group.ProtocolType);
            w.WriteString(group.Protocol);
            w.WriteArray(group.Members, static (w, member) => WriteMember(w, member));
            if (w.Version >= 3)
                w.WriteInt32(response.AuthorizedOperations);
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }

    private DescribedGroup Describe(string groupId, bool unknownIsAnError)
    {
        if (groups.Find(groupId) is not { } group)
            return DescribedGroup.Unknown(groupId, $"Group {groupId} not found.", unknownIsAnError);
        return group.See((members, _) => members is ClassicGroup classic
            ? Describe(classic)
            : DescribedGroup.Unknown(groupId, $"Group {groupId} is not a classic group.", unknownIsAnError));
    }

    private static DescribedGroup Describe(ClassicGroup group)
    {
        var protocol = group.State == GroupState.Stable ? group.Protocol : null;
        return new DescribedGroup(
            group.Id, ErrorCode.None, Message: null, group.State, group.ProtocolType ?? "", protocol ?? "",
            [.. group.Members.Select(member => new DescribedMember(
                member.Id, member.InstanceId, member.Client, member.MetadataFor(protocol), protocol is null ? default : member.Assignment))]);
    }

    private static void WriteMember(WireWriter writer, DescribedMember member)
    {
        writer.WriteString(member.MemberId);
        if (writer.Version >= 4)
            writer.WriteNullableString(member.GroupInstanceId);
        writer.WriteString(member.Client.ClientId);
        writer.WriteString(member.Client.Host);
        writer.WriteBytes(member.Metadata);
        writer.WriteBytes(member.Assignment);
        writer.WriteEmptyTags();
    }
}
