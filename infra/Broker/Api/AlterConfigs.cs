using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal sealed record AlterConfigsRequest(IReadOnlyList<AlterableResource> Resources, bool IsDryRun);

internal sealed record AlterConfigsResponse(IReadOnlyList<AlteredResource> Resources);

/// <summary>AlterConfigs (key 33), v0–v2: replaces all settings of a topic.</summary>
/// <remarks>v2 flexible. Settings that the request does not name return to their defaults. Left out: settings of the broker.
/// Source: Kafka protocol guide; KIP-133.</remarks>
internal sealed class AlterConfigs(TopicTable topics) : IApi<AlterConfigsRequest, AlterConfigsResponse>
{
    public ApiKey Key => ApiKey.AlterConfigs;

    public ApiVersionRange Versions => new(0, 2, FirstFlexible: 2);

    public AlterConfigsRequest Decode(ref WireReader reader)
    {
        var resources = reader.ReadArray(static (ref r) =>
        {
            var resource = new AlterableResource((ConfigResource)r.ReadInt8(), r.ReadString(), r.ReadArray(static (ref c) =>
            {
                var change = new SettingChange(c.ReadString(), SettingOperation.Set, c.ReadNullableString());
                c.SkipTags();
                return change;
            }));
            r.SkipTags();
            return resource;
        });
        var isDryRun = reader.ReadBoolean();
        reader.SkipTags();
        return new AlterConfigsRequest(resources, isDryRun);
    }

    public async ValueTask<AlterConfigsResponse?> HandleAsync(AlterConfigsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var altered = new List<AlteredResource>();
        foreach (var resource in request.Resources)
            altered.Add(await TopicAlteration.AlterAsync(topics, resource, isReplacing: true, request.IsDryRun, cancellationToken));
        return new AlterConfigsResponse(altered);
    }

    public void Encode(WireWriter writer, AlterConfigsResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteArray(response.Resources, AlteredResource.Write);
        writer.WriteEmptyTags();
    }
}
