using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Server;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Api;

/// <param name="States">Only groups in these states; empty for all.</param>
/// <param name="Types">Only groups of these types; empty for all.</param>
internal sealed record ListGroupsRequest(IReadOnlyList<string> States, IReadOnlyList<string> Types);

internal sealed record ListGroupsResponse(IReadOnlyList<ListedGroup> Groups);

internal sealed record ListedGroup(string GroupId, string ProtocolType, GroupState State, GroupKind Kind);

/// <summary>ListGroups (key 16), v0–v5: the groups there are, with or without members.</summary>
/// <remarks>v1 throttle time · v3 flexible · v4 by state · v5 by type, "classic" or "consumer". Source: Kafka protocol guide; KIP-518, KIP-848.</remarks>
internal sealed class ListGroups(GroupTable groups) : IApi<ListGroupsRequest, ListGroupsResponse>
{
    public ApiKey Key => ApiKey.ListGroups;

    public ApiVersionRange Versions => new(0, 5, FirstFlexible: 3);

    public ListGroupsRequest Decode(ref WireReader reader)
    {
        var states = reader.Version >= 4 ? reader.ReadStringArray() : [];
        var types = reader.Version >= 5 ? reader.ReadStringArray() : [];
        reader.SkipTags();
        return new ListGroupsRequest(states, types);
    }

    public ValueTask<ListGroupsResponse?> HandleAsync(ListGroupsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var listed = groups.All
            .Select(group => group.See(static (members, _) => new ListedGroup(members.Id, members.ProtocolType ?? "", members.State, members.Kind)))
            .Where(group => group.State != GroupState.Dead && Matches(request.States, group.State.ToString()) && Matches(request.Types, TypeOf(group)));
        return ValueTask.FromResult<ListGroupsResponse?>(new ListGroupsResponse(
            [.. listed.OrderBy(group => group.GroupId, StringComparer.Ordinal)]));
    }

    public void Encode(WireWriter writer, ListGroupsResponse response)
    {
        if (writer.Version >= 1)
            writer.WriteInt32(0); // throttle time
        writer.WriteErrorCode(ErrorCode.None);
        writer.WriteArray(response.Groups, static (w, group) =>
        {
            w.WriteString(group.GroupId);
            w.WriteString(group.ProtocolType);
            if (w.Version >= 4)
                w.WriteString(group.State.ToString());
            if (w.Version >= 5)
                w.WriteString(TypeOf(group));
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }

    private static string TypeOf(ListedGroup group) => group.Kind == GroupKind.Consumer ? "consumer" : "classic";

    private static bool Matches(IReadOnlyList<string> wanted, string value) => wanted.Count == 0 || wanted.Contains(value, StringComparer.OrdinalIgnoreCase);
}
