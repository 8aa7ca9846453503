using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal readonly record struct DeletableRecords(int Partition, long Offset);

internal sealed record DeleteRecordsRequest(IReadOnlyList<(string Name, DeletableRecords[] Partitions)> Topics);

internal readonly record struct DeletedRecords(int Partition, long LowWatermark, ErrorCode Error);

internal sealed record DeleteRecordsResponse(IReadOnlyList<(string Name, DeletedRecords[] Partitions)> Topics);

/// <summary>DeleteRecords (key 21), v0–v2: moves the log start of partitions forward; -1 moves it to the end.</summary>
/// <remarks>v2 flexible. Topics that are only compacted refuse it with POLICY_VIOLATION, as in Kafka. Source: Kafka protocol guide; KIP-107.</remarks>
internal sealed class DeleteRecords(TopicTable topics) : IApi<DeleteRecordsRequest, DeleteRecordsResponse>
{
    private const long ToTheEnd = -1;

    public ApiKey Key => ApiKey.DeleteRecords;

    public ApiVersionRange Versions => new(0, 2, FirstFlexible: 2);

    public DeleteRecordsRequest Decode(ref WireReader reader)
    {
        var requested = reader.ReadArray(static (ref r) =>
        {
            var topic = (r.ReadString(), r.ReadArray(static (ref p) =>
            {
                var partition = new DeletableRecords(p.ReadInt32(), p.ReadInt64());
                p.SkipTags();
                return partition;
            }));
            r.SkipTags();
            return topic;
        });
        reader.ReadInt32(); // timeout
        reader.SkipTags();
        return new DeleteRecordsRequest(requested);
    }

    public ValueTask<DeleteRecordsResponse?> HandleAsync(DeleteRecordsRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<DeleteRecordsResponse?>(new([.. request.Topics.Select(requested =>
        {
            var topic = topics.Find(requested.Name);
            return (requested.Name, requested.Partitions.Select(partition => Delete(topic, partition)).ToArray());
        })]));

    public void Encode(WireWriter writer, DeleteRecordsResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteArray(response.Topics, static (w, topic) =>
        {
            w.WriteString(topic.Name);
            w.WriteArray(topic.Partitions, static (p, deleted) =>
            {
                p.WriteInt32(deleted.Partition);
                p.WriteInt64(deleted.LowWatermark);
                p.WriteErrorCode(deleted.Error);
                p.WriteEmptyTags();
            });
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }

    private static DeletedRecords Delete(Topic? topic, DeletableRecords requested)
    {
        if (topic?.Find(requested.Partition) is not { } log)
            return new DeletedRecords(requested.Partition, -1, ErrorCode.UnknownTopicOrPartition);
        if (topic.IsInternal)
            return new DeletedRecords(requested.Partition, -1, ErrorCode.InvalidTopicException);
        if (!log.Settings.IsDeleted)
            return new DeletedRecords(requested.Partition, -1, ErrorCode.PolicyViolation);
        var error = log.DeleteBefore(requested.Offset == ToTheEnd ? log.NextOffset : requested.Offset);
        return new DeletedRecords(requested.Partition, error == ErrorCode.None ? log.LogStartOffset : -1, error);
    }
}
