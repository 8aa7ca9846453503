using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Server;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Api;

/// <summary>SyncGroup (key 14), v0–v5: the leader hands in the assignment, every member gets its own. Answered when the leader has.</summary>
/// <remarks>v1 throttle time · v3 static members · v4 flexible · v5 protocol type and name, checked. POLICY_VIOLATION for assignments larger than the
/// options allow. Source: Kafka protocol guide; KIP-345, KIP-559.</remarks>
internal sealed class SyncGroup(GroupTable groups) : IApi<SyncGroupRequest, SyncGroupResponse>
{
    public ApiKey Key => ApiKey.SyncGroup;

    public ApiVersionRange Versions => new(0, 5, FirstFlexible: 4);

    public SyncGroupRequest Decode(ref WireReader reader)
    {
        var groupId = reader.ReadString();
        var generation = reader.ReadInt32();
        var memberId = reader.ReadString();
        var groupInstanceId = reader.Version >= 3 ? reader.ReadNullableString() : null;
        var protocolType = reader.Version >= 5 ? reader.ReadNullableString() : null;
        var protocolName = reader.Version >= 5 ? reader.ReadNullableString() : null;
        var assignments = reader.ReadArray(static (ref r) => ReadAssignment(ref r));
        reader.SkipTags();
        return new SyncGroupRequest(groupId, generation, memberId, groupInstanceId, protocolType, protocolName, assignments);
    }

    public async ValueTask<SyncGroupResponse?> HandleAsync(SyncGroupRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (request.GroupId.Length == 0)
            return SyncGroupResponse.Refused(ErrorCode.InvalidGroupId);
        return groups.Find(request.GroupId) is { } group
            ? await group.Sync(request).WaitAsync(cancellationToken)
            : SyncGroupResponse.Refused(ErrorCode.UnknownMemberId);
    }

    public void Encode(WireWriter writer, SyncGroupResponse response)
    {
        if (writer.Version >= 1)
            writer.WriteInt32(0); // throttle time
        writer.WriteErrorCode(response.Error);
        if (writer.Version >= 5)
        {
            writer.WriteNullableString(response.ProtocolType);
            writer.WriteNullableString(response.ProtocolName);
        }

        writer.WriteBytes(response.Assignment);
        writer.WriteEmptyTags();
    }

    private static MemberAssignment ReadAssignment(ref WireReader reader)
    {
        // Copied, because the group keeps it beyond the request.
        var assignment = new MemberAssignment(reader.ReadString(), reader.ReadBytes().ToArray());
        reader.SkipTags();
        return assignment;
    }
}
