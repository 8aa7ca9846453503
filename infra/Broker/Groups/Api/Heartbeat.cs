using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Server;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Api;

/// <summary>Heartbeat (key 12), v0–v4: a member is alive, and learns whether it must join again.</summary>
/// <remarks>v1 throttle time · v3 static members · v4 flexible. Source: Kafka protocol guide; KIP-345.</remarks>
internal sealed class Heartbeat(GroupTable groups) : IApi<HeartbeatRequest, HeartbeatResponse>
{
    public ApiKey Key => ApiKey.Heartbeat;

    public ApiVersionRange Versions => new(0, 4, FirstFlexible: 4);

    public HeartbeatRequest Decode(ref WireReader reader)
    {
        var groupId = reader.ReadString();
        var generation = reader.ReadInt32();
        var memberId = reader.ReadString();
        var groupInstanceId = reader.Version >= 3 ? reader.ReadNullableString() : null;
        reader.SkipTags();
        return new HeartbeatRequest(groupId, generation, memberId, groupInstanceId);
    }

    public ValueTask<HeartbeatResponse?> HandleAsync(HeartbeatRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (request.GroupId.Length == 0)
            return ValueTask.FromResult<HeartbeatResponse?>(new HeartbeatResponse(ErrorCode.InvalidGroupId));
        return ValueTask.FromResult<HeartbeatResponse?>(groups.Find(request.GroupId)?.Heartbeat(request) ?? new HeartbeatResponse(ErrorCode.UnknownMemberId));
    }

    public void Encode(WireWriter writer, HeartbeatResponse response)
    {
        if (writer.Version >= 1)
            writer.WriteInt32(0); // throttle time
        writer.WriteErrorCode(response.Error);
        writer.WriteEmptyTags();
    }
}
