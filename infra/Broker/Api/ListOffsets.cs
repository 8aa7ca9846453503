using Streaming.Broker.Log;
using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal readonly record struct ListOffsetsPartition(int Partition, int CurrentLeaderEpoch, long TimestampMs);

internal readonly record struct ListOffsetsTopic(string Name, IReadOnlyList<ListOffsetsPartition> Partitions);

internal sealed record ListOffsetsRequest(bool IsCommittedOnly, IReadOnlyList<ListOffsetsTopic> Topics);

internal readonly record struct ListedPartition(int Partition, ErrorCode Error, long TimestampMs, long Offset);

internal readonly record struct ListedTopic(string Name, IReadOnlyList<ListedPartition> Partitions);

internal sealed record ListOffsetsResponse(IReadOnlyList<ListedTopic> Topics);

/// <summary>ListOffsets (key 2), v1–v10: the offset at a timestamp, or the earliest, latest or newest by time.</summary>
/// <remarks>v2 isolation level · v4 leader epoch · v6 flexible · v7 max timestamp (-3) · v8 earliest local (-4, the same as earliest) · v9 latest tiered
/// (-5, never any) · v10 timeout. Left out: replica reads, tiered storage.
/// Source: Kafka protocol guide; KIP-79, KIP-98, KIP-320, KIP-734.</remarks>
internal sealed class ListOffsets(TopicTable topics) : IApi<ListOffsetsRequest, ListOffsetsResponse>
{
    private const long Latest = -1;
    private const long Earliest = -2;
    private const long MaxTimestamp = -3;
    private const long EarliestLocal = -4;
    private const long LatestTiered = -5;

    public ApiKey Key => ApiKey.ListOffsets;

    public ApiVersionRange Versions => new(1, 10, FirstFlexible: 6);

    public ListOffsetsRequest Decode(ref WireReader reader)
    {
        reader.ReadInt32(); // replica id
        var isolation = reader.Version >= 2 ? reader.ReadInt8() : 0;
        var requested = reader.ReadArray(static (ref r) =>
        {
            var name = r.ReadString();
            var partitions = r.ReadArray(static (ref p) =>
            {
                var partition = new ListOffsetsPartition(p.ReadInt32(), p.Version >= 4 ? p.ReadInt32() : LeaderEpochs.Unknown, p.ReadInt64());
                p.SkipTags();
                return partition;
            });
            r.SkipTags();
            return new ListOffsetsTopic(name, partitions);
        });
        if (reader.Version >= 10)
            reader.ReadInt32(); // timeout
        reader.SkipTags();
        return new ListOffsetsRequest(isolation == 1, requested);
    }

    public ValueTask<ListOffsetsResponse?> HandleAsync(ListOffsetsRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ListOffsetsResponse?>(new([.. request.Topics.Select(requested =>
        {
            var topic = topics.Find(requested.Name);
            return new ListedTopic(requested.Name, [.. requested.Partitions.Select(partition => List(topic?.Find(partition.Partition), partition, request.IsCommittedOnly))]);
        })]));

    public void Encode(WireWriter writer, ListOffsetsResponse response)
    {
        if (writer.Version >= 2)
            writer.WriteInt32(0); // throttle time
        writer.WriteArray(response.Topics, static (w, topic) =>
        {
            w.WriteString(topic.Name);
            w.WriteArray(topic.Partitions, static (p, listed) =>
            {
                p.WriteInt32(listed.Partition);
                p.WriteErrorCode(listed.Error);
                p.WriteInt64(listed.TimestampMs);
                p.WriteInt64(listed.Offset);
                if (p.Version >= 4)
                    p.WriteInt32(listed.Offset < 0 ? LeaderEpochs.Unknown : PartitionLog.LeaderEpoch);
                p.WriteEmptyTags();
            });
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }

    private static ListedPartition List(PartitionLog? log, ListOffsetsPartition requested, bool isCommittedOnly)
    {
        if (log is null)
            return new ListedPartition(requested.Partition, ErrorCode.UnknownTopicOrPartition, -1, -1);
        if (LeaderEpochs.Check(requested.CurrentLeaderEpoch) is var error and not ErrorCode.None)
            return new ListedPartition(requested.Partition, error, -1, -1);
        var end = isCommittedOnly ? log.LastStableOffset : log.NextOffset;
        var (offset, timestamp) = requested.TimestampMs switch
        {
            Latest => (end, -1),
            Earliest or EarliestLocal => (log.LogStartOffset, -1),
            LatestTiered => (-1, -1),
            MaxTimestamp => Before(end, log.FindMaxTime()),
            >= 0 => Before(end, log.FindTime(requested.TimestampMs)),
            _ => (-1L, -1L),
        };
        return new ListedPartition(requested.Partition, ErrorCode.None, timestamp, offset);
    }

    // What lies behind the last stable offset does not exist yet for a read-committed consumer.
    private static (long Offset, long TimestampMs) Before(long end, (long Offset, long TimestampMs)? found) =>
        found is { } record && record.Offset < end ? record : (-1, -1);
}
