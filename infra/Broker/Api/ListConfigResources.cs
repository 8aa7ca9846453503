using System.Globalization;
using Streaming.Broker.Groups.Settings;
using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

/// <param name="Kinds">Only resources of these kinds; empty for all.</param>
internal sealed record ListConfigResourcesRequest(IReadOnlyList<ConfigResource> Kinds);

internal sealed record ListConfigResourcesResponse(ErrorCode Error, IReadOnlyList<ListedResource> Resources);

internal readonly record struct ListedResource(string Name, ConfigResource Kind);

/// <summary>ListConfigResources (key 74), v0–v1: which resources have settings: the topics, the broker, and the groups that have any of their own.</summary>
/// <remarks>v0 client metrics alone · v1 of given kinds. Left out: loggers and client metrics, of which there are none; a kind that is not known is answered
/// UNSUPPORTED_VERSION. Source: Kafka protocol guide; KIP-714, KIP-1142.</remarks>
internal sealed class ListConfigResources(TopicTable topics, GroupSettingsTable groups, BrokerOptions options) : IApi<ListConfigResourcesRequest, ListConfigResourcesResponse>
{
    public ApiKey Key => ApiKey.ListConfigResources;

    public ApiVersionRange Versions => new(0, 1, FirstFlexible: 0);

    public ListConfigResourcesRequest Decode(ref WireReader reader)
    {
        ConfigResource[] kinds = reader.Version >= 1 ? reader.ReadArray(static (ref r) => (ConfigResource)r.ReadInt8()) : [ConfigResource.ClientMetrics];
        reader.SkipTags();
        return new ListConfigResourcesRequest(kinds);
    }

    public ValueTask<ListConfigResourcesResponse?> HandleAsync(ListConfigResourcesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var kinds = request.Kinds.Count == 0 ? Enum.GetValues<ConfigResource>() : request.Kinds.Distinct();
        return ValueTask.FromResult<ListConfigResourcesResponse?>(request.Kinds.All(Enum.IsDefined)
            ? new ListConfigResourcesResponse(ErrorCode.None, [.. kinds.SelectMany(kind => Names(kind).Select(name => new ListedResource(name, kind)))])
            : new ListConfigResourcesResponse(ErrorCode.UnsupportedVersion, []));
    }

    public void Encode(WireWriter writer, ListConfigResourcesResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteErrorCode(response.Error);
        writer.WriteArray(response.Resources, static (w, resource) =>
        {
            w.WriteString(resource.Name);
            if (w.Version >= 1)
                w.WriteInt8((sbyte)resource.Kind);
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }

    private IEnumerable<string> Names(ConfigResource kind) => kind switch
    {
        ConfigResource.Topic => topics.All.Select(topic => topic.Name),
        ConfigResource.Broker => [options.NodeId.ToString(CultureInfo.InvariantCulture)],
        ConfigResource.Group => groups.Groups,
        _ => [],
    };
}
