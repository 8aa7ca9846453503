using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Server;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Api;

/// <summary>LeaveGroup (key 13), v0–v5: members say good-bye, or an operator removes them.</summary>
/// <remarks>v1 throttle time · v3 several members, static ones by their instance id · v4 flexible · v5 reason. Source: Kafka protocol guide; KIP-345, KIP-800.</remarks>
internal sealed class LeaveGroup(GroupTable groups) : IApi<LeaveGroupRequest, LeaveGroupResponse>
{
    public ApiKey Key => ApiKey.LeaveGroup;

    public ApiVersionRange Versions => new(0, 5, FirstFlexible: 4);

    public LeaveGroupRequest Decode(ref WireReader reader)
    {
        var groupId = reader.ReadString();
        LeavingMember[] members = reader.Version < 3
            ? [new LeavingMember(reader.ReadString(), GroupInstanceId: null, Reason: null)]
            : reader.ReadArray(static (ref r) => ReadMember(ref r));
        reader.SkipTags();
        return new LeaveGroupRequest(groupId, members);
    }

    public ValueTask<LeaveGroupResponse?> HandleAsync(LeaveGroupRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (request.GroupId.Length == 0)
            return ValueTask.FromResult<LeaveGroupResponse?>(new LeaveGroupResponse(ErrorCode.InvalidGroupId, []));
        return ValueTask.FromResult<LeaveGroupResponse?>(groups.Find(request.GroupId)?.Leave(request) ?? NobodyThere(request));
    }

    public void Encode(WireWriter writer, LeaveGroupResponse response)
    {
        if (writer.Version >= 1)
            writer.WriteInt32(0); // throttle time
        var isSingle = writer.Version < 3;
        writer.WriteErrorCode(isSingle && response.Error == ErrorCode.None ? response.Members.Single().Error : response.Error);
        if (!isSingle)
        {
            writer.WriteArray(response.Members, static (w, member) =>
            {
                w.WriteString(member.MemberId);
                w.WriteNullableString(member.GroupInstanceId);
                w.WriteErrorCode(member.Error);
                w.WriteEmptyTags();
            });
        }

        writer.WriteEmptyTags();
    }

    private static LeaveGroupResponse NobodyThere(LeaveGroupRequest request) =>
        new(ErrorCode.None, [.. request.Members.Select(member => new LeftMember(member.MemberId, member.GroupInstanceId, ErrorCode.UnknownMemberId))]);

    private static LeavingMember ReadMember(ref WireReader reader)
    {
        var member = new LeavingMember(reader.ReadString(), reader.ReadNullableString(), reader.Version >= 5 ? reader.ReadNullableString() : null);
        reader.SkipTags();
        return member;
    }
}
