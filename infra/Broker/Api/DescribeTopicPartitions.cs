using Streaming.Broker.Log;
using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

/// <summary>Where the next page begins.</summary>
internal sealed record PartitionCursor(string Topic, int Partition);

/// <summary>No topics: all of them.</summary>
internal sealed record DescribeTopicPartitionsRequest(IReadOnlyList<string> Topics, int PartitionsMax, PartitionCursor? Cursor);

internal sealed record DescribedTopic(ErrorCode Error, string Name, Guid Id, bool IsInternal, IReadOnlyList<int> Partitions);

internal sealed record DescribeTopicPartitionsResponse(IReadOnlyList<DescribedTopic> Topics, PartitionCursor? Next, int NodeId);

/// <summary>DescribeTopicPartitions (key 75), v0: topics with their partitions, page by page.</summary>
/// <remarks>Flexible from the start. Pages follow the names in ordinal order. Left out: eligible leader replicas, of which one node has none.
/// Source: Kafka protocol guide; KIP-966.</remarks>
internal sealed class DescribeTopicPartitions(TopicTable topics, BrokerOptions options) : IApi<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>
{
    private const int PartitionsPerPageMax = 2_000;

    public ApiKey Key => ApiKey.DescribeTopicPartitions;

    public ApiVersionRange Versions => new(0, 0, FirstFlexible: 0);

    public DescribeTopicPartitionsRequest Decode(ref WireReader reader)
    {
        var names = reader.ReadArray(static (ref r) =>
        {
            var name = r.ReadString();
            r.SkipTags();
            return name;
        });
        var partitionsMax = reader.ReadInt32();
        var cursor = reader.ReadInt8() < 0 ? null : new PartitionCursor(reader.ReadString(), reader.ReadInt32());
        if (cursor is not null)
            reader.SkipTags();
        reader.SkipTags();
        return new DescribeTopicPartitionsRequest(names, partitionsMax, cursor);
    }

    public ValueTask<DescribeTopicPartitionsResponse?> HandleAsync(
        DescribeTopicPartitionsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var names = (request.Topics.Count == 0 ? topics.All.Select(topic => topic.Name) : request.Topics.Distinct().Order(StringComparer.Ordinal))
            .Where(name => request.Cursor is null || string.CompareOrdinal(name, request.Cursor.Topic) >= 0);
        var left = Math.Clamp(request.PartitionsMax, 1, PartitionsPerPageMax);
        var described = new List<DescribedTopic>();
        PartitionCursor? next = null;
        foreach (var name in names)
        {
            var first = request.Cursor?.Topic == name ? request.Cursor.Partition : 0;
            if (left == 0)
            {
                next = new PartitionCursor(name, first);
                break;
            }

            var topic = Describe(name, first, left);
            described.Add(topic);
            left -= topic.Partitions.Count;
            var end = first + topic.Partitions.Count;
            if (end >= (topics.Find(name)?.Partitions.Count ?? 0))
                continue;
            next = new PartitionCursor(name, end);
            break;
        }

        return ValueTask.FromResult<DescribeTopicPartitionsResponse?>(new(described, next, options.NodeId));
    }

    public void Encode(WireWriter writer, DescribeTopicPartitionsResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteArray(response.Topics, (w, topic) =>
        {
            w.WriteErrorCode(topic.Error);
            w.WriteNullableString(topic.Name);
            w.WriteUuid(topic.Id);
            w.WriteBoolean(topic.IsInternal);
            w.WriteArray(topic.Partitions, (p, partition) => WritePartition(p, partition, response.NodeId));
            w.WriteInt32(AuthorizedOperations.Topic);
            w.WriteEmptyTags();
        });
        writer.WriteInt8(response.Next is null ? (sbyte)-1 : (sbyte)1);
        if (response.Next is { } next)
        {
            writer.WriteString(next.Topic);
            writer.WriteInt32(next.Partition);
            writer.WriteEmptyTags();
        }

        writer.WriteEmptyTags();
    }

    private static void WritePartition(WireWriter writer, int partition, int nodeId)
    {
        writer.WriteErrorCode(ErrorCode.None);
        writer.WriteInt32(partition);
        writer.WriteInt32(nodeId); // leader
        writer.WriteInt32(PartitionLog.LeaderEpoch);
        writer.WriteInt32Array([nodeId]); // replicas
        writer.WriteInt32Array([nodeId]); // in sync
        writer.WriteInt32Array([]); // eligible leader replicas
        writer.WriteInt32Array([]); // last known of those
        writer.WriteInt32Array([]); // offline
        writer.WriteEmptyTags();
    }

    private DescribedTopic Describe(string name, int firstPartition, int partitionsMax)
    {
        if (TopicName.Refusal(name) is not null)
            return new DescribedTopic(ErrorCode.InvalidTopicException, name, Guid.Empty, false, []);
        if (topics.Find(name) is not { } topic)
            return new DescribedTopic(ErrorCode.UnknownTopicOrPartition, name, Guid.Empty, false, []);
        return new DescribedTopic(ErrorCode.None, name, topic.Id, topic.IsInternal, [.. Partitions.UpTo(topic.Partitions.Count).Skip(firstPartition).Take(partitionsMax)]);
    }
}
