using Streaming.Broker.Log;
using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal readonly record struct EpochQuery(int Partition, int CurrentLeaderEpoch, int LeaderEpoch);

internal sealed record OffsetForLeaderEpochRequest(IReadOnlyList<(string Name, EpochQuery[] Partitions)> Topics);

internal readonly record struct EpochEnd(int Partition, ErrorCode Error, int LeaderEpoch, long EndOffset);

internal sealed record OffsetForLeaderEpochResponse(IReadOnlyList<(string Name, EpochEnd[] Partitions)> Topics);

/// <summary>OffsetForLeaderEpoch (key 23), v2–v4: where the records of a leader epoch end, by which consumers notice a truncated log.</summary>
/// <remarks>v3 replica id · v4 flexible. There is one epoch, which ends where the log does. Source: Kafka protocol guide; KIP-101, KIP-320.</remarks>
internal sealed class OffsetForLeaderEpoch(TopicTable topics) : IApi<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>
{
    public ApiKey Key => ApiKey.OffsetForLeaderEpoch;

    public ApiVersionRange Versions => new(2, 4, FirstFlexible: 4);

    public OffsetForLeaderEpochRequest Decode(ref WireReader reader)
    {
        if (reader.Version >= 3)
            reader.ReadInt32(); // replica id
        var requested = reader.ReadArray(static (ref r) =>
        {
            var topic = (r.ReadString(), r.ReadArray(static (ref p) =>
            {
                var query = new EpochQuery(p.ReadInt32(), p.ReadInt32(), p.ReadInt32());
                p.SkipTags();
                return query;
            }));
            r.SkipTags();
            return topic;
        });
        reader.SkipTags();
        return new OffsetForLeaderEpochRequest(requested);
    }

    public ValueTask<OffsetForLeaderEpochResponse?> HandleAsync(
        OffsetForLeaderEpochRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<OffsetForLeaderEpochResponse?>(new([.. request.Topics.Select(requested =>
        {
            var topic = topics.Find(requested.Name);
            return (requested.Name, requested.Partitions.Select(query => Find(topic?.Find(query.Partition), query)).ToArray());
        })]));

    public void Encode(WireWriter writer, OffsetForLeaderEpochResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteArray(response.Topics, static (w, topic) =>
        {
            w.WriteString(topic.Name);
            w.WriteArray(topic.Partitions, static (p, end) =>
            {
                p.WriteErrorCode(end.Error);
                p.WriteInt32(end.Partition);
                p.WriteInt32(end.LeaderEpoch);
                p.WriteInt64(end.EndOffset);
                p.WriteEmptyTags();
            });
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }

    private static EpochEnd Find(PartitionLog? log, EpochQuery query)
    {
        if (log is null)
            return new EpochEnd(query.Partition, ErrorCode.UnknownTopicOrPartition, LeaderEpochs.Unknown, -1);
        if (LeaderEpochs.Check(query.CurrentLeaderEpoch) is var error and not ErrorCode.None)
            return new EpochEnd(query.Partition, error, LeaderEpochs.Unknown, -1);
        return query.LeaderEpoch == PartitionLog.LeaderEpoch
            ? new EpochEnd(query.Partition, ErrorCode.None, PartitionLog.LeaderEpoch, log.NextOffset)
            : new EpochEnd(query.Partition, ErrorCode.None, LeaderEpochs.Unknown, -1);
    }
}
