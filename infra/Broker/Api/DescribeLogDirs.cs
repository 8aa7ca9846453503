using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

/// <summary>Topics null: all.</summary>
internal sealed record DescribeLogDirsRequest(IReadOnlyList<(string Name, int[] Partitions)>? Topics);

internal readonly record struct PartitionSize(int Partition, long SizeBytes);

internal sealed record DescribeLogDirsResponse(string Folder, long TotalBytes, long UsableBytes, IReadOnlyList<(string Name, PartitionSize[] Partitions)> Topics);

/// <summary>DescribeLogDirs (key 35), v1–v4: what partitions take of the one data folder, in bytes of records.</summary>
/// <remarks>v2 flexible · v3 an error for all · v4 size of the volume, and what is free of it. Topics and partitions that are not there are left out, as Kafka does.
/// Source: Kafka protocol guide; KIP-113, KIP-827.</remarks>
internal sealed class DescribeLogDirs(TopicTable topics, BrokerOptions options) : IApi<DescribeLogDirsRequest, DescribeLogDirsResponse>
{
    public ApiKey Key => ApiKey.DescribeLogDirs;

    public ApiVersionRange Versions => new(1, 4, FirstFlexible: 2);

    public DescribeLogDirsRequest Decode(ref WireReader reader)
    {
        var requested = reader.ReadNullableArray(static (ref r) =>
        {
            var topic = (r.ReadString(), r.ReadInt32Array());
            r.SkipTags();
            return topic;
        });
        reader.SkipTags();
        return new DescribeLogDirsRequest(requested);
    }

    public ValueTask<DescribeLogDirsResponse?> HandleAsync(DescribeLogDirsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(options.DataDirectory);
        var volume = new DriveInfo(folder);
        return ValueTask.FromResult<DescribeLogDirsResponse?>(new(folder, volume.TotalSize, volume.AvailableFreeSpace, request.Topics is { } requested
            ? [.. requested.Select(topic => (topic.Name, Sizes(topics.Find(topic.Name), topic.Partitions))).Where(topic => topic.Item2.Length > 0)]
            : [.. topics.All.Select(topic => (topic.Name, Sizes(topic, Enumerable.Range(0, topic.Partitions.Count))))]));
    }

    public void Encode(WireWriter writer, DescribeLogDirsResponse response)
    {
        writer.WriteInt32(0); // throttle time
        if (writer.Version >= 3)
            writer.WriteErrorCode(ErrorCode.None);
        writer.WriteArray([response], static (w, described) =>
        {
            w.WriteErrorCode(ErrorCode.None);
            w.WriteString(described.Folder);
            w.WriteArray(described.Topics, WriteTopic);
            if (w.Version >= 4)
            {
                w.WriteInt64(described.TotalBytes);
                w.WriteInt64(described.UsableBytes);
            }

            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }

    private static void WriteTopic(WireWriter writer, (string Name, PartitionSize[] Partitions) topic)
    {
        writer.WriteString(topic.Name);
        writer.WriteArray(topic.Partitions, static (w, partition) =>
        {
            w.WriteInt32(partition.Partition);
            w.WriteInt64(partition.SizeBytes);
            w.WriteInt64(0); // offset lag: of a replica that is copied
            w.WriteBoolean(false); // such a copy
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }

    private static PartitionSize[] Sizes(Topic? topic, IEnumerable<int> partitions) =>
        [.. from partition in partitions let log = topic?.Find(partition) where log is not null select new PartitionSize(partition, log.SizeBytes)];
}
