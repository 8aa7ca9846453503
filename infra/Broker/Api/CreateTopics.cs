using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal sealed record CreatableTopic(
    string Name, int Partitions, short ReplicationFactor, IReadOnlyList<(int Partition, int[] Brokers)> Assignments, IReadOnlyList<(string Name, string? Value)> Settings);

internal sealed record CreateTopicsRequest(IReadOnlyList<CreatableTopic> Topics, bool IsDryRun);

internal sealed record CreatedTopic(string Name, Guid Id, ErrorCode Error, string? Reason, int Partitions, IReadOnlyDictionary<string, string> Settings);

internal sealed record CreateTopicsResponse(IReadOnlyList<CreatedTopic> Topics);

/// <summary>CreateTopics (key 19), v2–v7: creates topics, or says whether they could be.</summary>
/// <remarks>v4 defaults for count and replication (-1) · v5 flexible, the resulting settings · v7 topic ids. One node holds one replica: a replication factor beyond 1
/// is refused, unless AcceptAnyReplicationFactor says to ignore it. Source: Kafka protocol guide; KIP-4, KIP-464, KIP-516, KIP-525.</remarks>
internal sealed class CreateTopics(TopicTable topics, BrokerOptions options) : IApi<CreateTopicsRequest, CreateTopicsResponse>
{
    private const int Unset = -1;

    public ApiKey Key => ApiKey.CreateTopics;

    public ApiVersionRange Versions => new(2, 7, FirstFlexible: 5);

    public CreateTopicsRequest Decode(ref WireReader reader)
    {
        var creatable = reader.ReadArray(static (ref r) =>
        {
            var topic = new CreatableTopic(r.ReadString(), r.ReadInt32(), r.ReadInt16(), r.ReadArray(ReadAssignment), r.ReadArray(ReadSetting));
            r.SkipTags();
            return topic;
        });
        reader.ReadInt32(); // timeout
        var isDryRun = reader.ReadBoolean();
        reader.SkipTags();
        return new CreateTopicsRequest(creatable, isDryRun);
    }

    public async ValueTask<CreateTopicsResponse?> HandleAsync(CreateTopicsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var repeated = request.Topics.CountBy(topic => topic.Name).Where(count => count.Value > 1).Select(count => count.Key).ToHashSet();
        var created = new List<CreatedTopic>();
        foreach (var topic in request.Topics.DistinctBy(topic => topic.Name))
        {
            var change = repeated.Contains(topic.Name)
                ? TopicChange.Refused(ErrorCode.InvalidRequest, $"Duplicate topic name {topic.Name}.")
                : await CreateAsync(topic, request.IsDryRun, cancellationToken);
            created.Add(change.Topic is { } made
                ? new CreatedTopic(topic.Name, made.Id, ErrorCode.None, null, PartitionCount(topic), made.Settings)
                : new CreatedTopic(topic.Name, Guid.Empty, change.Error, change.Reason, Unset, new Dictionary<string, string>()));
        }

        return new CreateTopicsResponse(created);
    }

    public void Encode(WireWriter writer, CreateTopicsResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteArray(response.Topics, WriteTopic);
        writer.WriteEmptyTags();
    }

    private static (int, int[]) ReadAssignment(ref WireReader reader)
    {
        var assignment = (reader.ReadInt32(), reader.ReadInt32Array());
        reader.SkipTags();
        return assignment;
    }

    private static (string, string?) ReadSetting(ref WireReader reader)
    {
        var setting = (reader.ReadString(), reader.ReadNullableString());
        reader.SkipTags();
        return setting;
    }

    private void WriteTopic(WireWriter writer, CreatedTopic topic)
    {
        writer.WriteString(topic.Name);
        if (writer.Version >= 7)
            writer.WriteUuid(topic.Id);
        writer.WriteErrorCode(topic.Error);
        writer.WriteReason(topic.Reason);
        if (writer.Version >= 5)
        {
            writer.WriteInt32(topic.Partitions);
            writer.WriteInt16(topic.Error == ErrorCode.None ? (short)1 : (short)Unset);
            writer.WriteArray(topic.Error == ErrorCode.None ? SettingView.All(topic.Settings, options) : [], static (w, setting) =>
            {
                w.WriteString(setting.Name);
                w.WriteNullableString(setting.Value);
                w.WriteBoolean(false); // read only
                w.WriteInt8((sbyte)setting.Source);
                w.WriteBoolean(false); // sensitive
                w.WriteEmptyTags();
            });
        }

        writer.WriteEmptyTags();
    }

    private async ValueTask<TopicChange> CreateAsync(CreatableTopic topic, bool isDryRun, CancellationToken cancellationToken)
    {
        if (topic.Assignments.Count > 0 && (topic.Partitions != Unset || topic.ReplicationFactor != Unset))
            return TopicChange.Refused(ErrorCode.InvalidRequest, "Both numPartitions or replicationFactor and replicasAssignments were set. Both cannot be used at the same time.");
        if (RefuseReplicas(topic) is { } refusal)
            return refusal;
        var settings = new Dictionary<string, string>();
        foreach (var (name, value) in topic.Settings)
        {
            if (value is null)
                return TopicChange.Refused(ErrorCode.InvalidConfig, $"Null value not supported for topic configs: {name}");
            settings[name] = value;
        }

        return await topics.CreateAsync(topic.Name, PartitionCount(topic), settings, isDryRun, cancellationToken);
    }

    private int PartitionCount(CreatableTopic topic) => (topic.Assignments.Count, topic.Partitions) switch
    {
        (> 0 and var assigned, _) => assigned,
        (_, Unset) => options.DefaultPartitions,
        var (_, asked) => asked,
    };

    private TopicChange? RefuseReplicas(CreatableTopic topic)
    {
        if (options.AcceptAnyReplicationFactor)
            return null;
        if (topic.Assignments.Any(assignment => assignment.Brokers is not [var only] || only != options.NodeId))
            return TopicChange.Refused(ErrorCode.InvalidReplicaAssignment, $"Broker {options.NodeId} is the only one; each partition is assigned to it alone.");
        if (topic.ReplicationFactor is Unset or 1)
            return null;
        return TopicChange.Refused(ErrorCode.InvalidReplicationFactor, topic.ReplicationFactor <= 0
            ? "Replication factor must be larger than 0, or -1 to use the default value."
            : $"Replication factor: {topic.ReplicationFactor} larger than available brokers: 1.");
    }
}
