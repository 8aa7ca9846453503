using Streaming.Broker.Groups.Settings;
using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

/// <summary>Names null: all settings.</summary>
internal readonly record struct DescribableResource(ConfigResource Kind, string Name, IReadOnlyList<string>? Names);

internal sealed record DescribeConfigsRequest(IReadOnlyList<DescribableResource> Resources, bool WantsSynonyms);

internal sealed record DescribedResource(DescribableResource Resource, ErrorCode Error, string? Reason, IReadOnlyList<SettingView> Settings);

internal sealed record DescribeConfigsResponse(IReadOnlyList<DescribedResource> Resources, bool WithSynonyms);

/// <summary>DescribeConfigs (key 32), v1–v4: settings of topics and groups, with where each value comes from, and of the broker.</summary>
/// <remarks>v1 sources and synonyms · v3 types, documentation (never any) · v4 flexible. Left out: settings of loggers and client metrics; of groups those that
/// are about share groups and Kafka Streams' own, which this broker does not have. A group has settings whether or not it exists.
/// Source: Kafka protocol guide; KIP-133, KIP-226, KIP-569, KIP-848.</remarks>
internal sealed class DescribeConfigs(TopicTable topics, GroupSettingsTable groups, BrokerOptions options) : IApi<DescribeConfigsRequest, DescribeConfigsResponse>
{
    public ApiKey Key => ApiKey.DescribeConfigs;

    public ApiVersionRange Versions => new(1, 4, FirstFlexible: 4);

    public DescribeConfigsRequest Decode(ref WireReader reader)
    {
        var resources = reader.ReadArray(static (ref r) =>
        {
            var resource = new DescribableResource((ConfigResource)r.ReadInt8(), r.ReadString(), r.ReadNullableArray(static (ref n) => n.ReadString()));
            r.SkipTags();
            return resource;
        });
        var wantsSynonyms = reader.ReadBoolean();
        if (reader.Version >= 3)
            reader.ReadBoolean(); // documentation
        reader.SkipTags();
        return new DescribeConfigsRequest(resources, wantsSynonyms);
    }

    public ValueTask<DescribeConfigsResponse?> HandleAsync(DescribeConfigsRequest request, RequestContext context, CancellationToken cancellationToken) =>
        // Each once, however often it is named: the answer is many times the question.
        ValueTask.FromResult<DescribeConfigsResponse?>(
            new([.. request.Resources.DistinctBy(resource => (resource.Kind, resource.Name)).Select(Describe)], request.WantsSynonyms));

    public void Encode(WireWriter writer, DescribeConfigsResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteArray(response.Resources, (w, resource) =>
        {
            w.WriteErrorCode(resource.Error);
            w.WriteReason(resource.Reason);
            w.WriteInt8((sbyte)resource.Resource.Kind);
            w.WriteString(resource.Resource.Name);
            w.WriteArray(resource.Settings, (s, setting) => WriteSetting(s, setting, response.WithSynonyms));
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }

    private static void WriteSetting(WireWriter writer, SettingView setting, bool withSynonyms)
    {
        writer.WriteString(setting.Name);
        writer.WriteNullableString(setting.Value);
        writer.WriteBoolean(setting.IsReadOnly);
        writer.WriteInt8((sbyte)setting.Source);
        writer.WriteBoolean(false); // sensitive
        writer.WriteArray<SettingView>(withSynonyms ? [setting] : [], static (w, synonym) =>
        {
            w.WriteString(synonym.Name);
            w.WriteNullableString(synonym.Value);
            w.WriteInt8((sbyte)synonym.Source);
            w.WriteEmptyTags();
        });
        if (writer.Version >= 3)
        {
            writer.WriteInt8((sbyte)setting.Type);
            writer.WriteNullableString(null); // documentation
        }

        writer.WriteEmptyTags();
    }

    private DescribedResource Describe(DescribableResource resource)
    {
        switch (resource.Kind)
        {
            case ConfigResource.Topic when TopicName.Refusal(resource.Name) is { } illegal:
                return new DescribedResource(resource, ErrorCode.InvalidTopicException, illegal, []);
            case ConfigResource.Topic:
                return topics.Find(resource.Name) is { } topic
                    ? Found(resource, SettingView.All(topic.Settings, options))
                    : new DescribedResource(resource, ErrorCode.UnknownTopicOrPartition, $"Topic {resource.Name} does not exist.", []);
            case ConfigResource.Broker when resource.Name.Length == 0 || resource.Name == $"{options.NodeId}":
                return Found(resource, resource.Name.Length == 0 ? [] : SettingView.OfBroker(options));
            case ConfigResource.Broker:
                return new DescribedResource(resource, ErrorCode.InvalidRequest, $"Unexpected broker id, expected {options.NodeId} but received {resource.Name}", []);
            case ConfigResource.Group when resource.Name.Length == 0:
                return new DescribedResource(resource, ErrorCode.InvalidRequest, "Group name must not be empty", []);
            case ConfigResource.Group:
                return Found(resource, SettingView.OfGroup(groups.Of(resource.Name), options.Groups));
            default:
                return new DescribedResource(resource, ErrorCode.InvalidRequest, $"Resources of type {(sbyte)resource.Kind} have no settings here.", []);
        }
    }

    private static DescribedResource Found(DescribableResource resource, IReadOnlyList<SettingView> settings) =>
        new(resource, ErrorCode.None, null, resource.Names is { } names ? [.. settings.Where(setting => names.Contains(setting.Name))] : settings);
}
