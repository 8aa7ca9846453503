using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal sealed record IncrementalAlterConfigsRequest(IReadOnlyList<AlterableResource> Resources, bool IsDryRun);

internal sealed record IncrementalAlterConfigsResponse(IReadOnlyList<AlteredResource> Resources);

/// <summary>IncrementalAlterConfigs (key 44), v0–v1: sets, removes, or edits lists of single settings of topics.</summary>
/// <remarks>v1 flexible. Left out: settings of the broker, which are set at its start. Source: Kafka protocol guide; KIP-339.</remarks>
internal sealed class IncrementalAlterConfigs(TopicTable topics) : IApi<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>
{
    public ApiKey Key => ApiKey.IncrementalAlterConfigs;

    public ApiVersionRange Versions => new(0, 1, FirstFlexible: 1);

    public IncrementalAlterConfigsRequest Decode(ref WireReader reader)
    {
        var resources = reader.ReadArray(static (ref r) =>
        {
            var resource = new AlterableResource((ConfigResource)r.ReadInt8(), r.ReadString(), r.ReadArray(static (ref c) =>
            {
                var change = new SettingChange(c.ReadString(), (SettingOperation)c.ReadInt8(), c.ReadNullableString());
                c.SkipTags();
                return change;
            }));
            r.SkipTags();
            return resource;
        });
        var isDryRun = reader.ReadBoolean();
        reader.SkipTags();
        return new IncrementalAlterConfigsRequest(resources, isDryRun);
    }

    public async ValueTask<IncrementalAlterConfigsResponse?> HandleAsync(
        IncrementalAlterConfigsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var altered = new List<AlteredResource>();
        foreach (var resource in request.Resources)
            altered.Add(await TopicAlteration.AlterAsync(topics, resource, isReplacing: false, request.IsDryRun, cancellationToken));
        return new IncrementalAlterConfigsResponse(altered);
    }

    public void Encode(WireWriter writer, IncrementalAlterConfigsResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteArray(response.Resources, AlteredResource.Write);
        writer.WriteEmptyTags();
    }
}
