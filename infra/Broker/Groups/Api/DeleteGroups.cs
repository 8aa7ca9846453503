using Streaming.Broker.Server;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Api;

internal sealed record DeleteGroupsRequest(IReadOnlyList<string> GroupIds);

internal sealed record DeleteGroupsResponse(IReadOnlyList<KeyValuePair<string, ErrorCode>> Results);

/// <summary>DeleteGroups (key 42), v0–v2: forgets groups without members, with their offsets.</summary>
/// <remarks>v2 flexible. Source: Kafka protocol guide; KIP-229.</remarks>
internal sealed class DeleteGroups(GroupTable groups) : IApi<DeleteGroupsRequest, DeleteGroupsResponse>
{
    public ApiKey Key => ApiKey.DeleteGroups;

    public ApiVersionRange Versions => new(0, 2, FirstFlexible: 2);

    public DeleteGroupsRequest Decode(ref WireReader reader)
    {
        var groupIds = reader.ReadStringArray();
        reader.SkipTags();
        return new DeleteGroupsRequest(groupIds);
    }

    public ValueTask<DeleteGroupsResponse?> HandleAsync(DeleteGroupsRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<DeleteGroupsResponse?>(new DeleteGroupsResponse(
            [.. request.GroupIds.Distinct().Select(groupId => KeyValuePair.Create(groupId, groups.Delete(groupId)))]));

    public void Encode(WireWriter writer, DeleteGroupsResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteArray(response.Results, static (w, result) =>
        {
            w.WriteString(result.Key);
            w.WriteErrorCode(result.Value);
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }
}
