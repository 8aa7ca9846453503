using Streaming.Broker.Log;
using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal sealed record DescribeProducersRequest(IReadOnlyList<(string Name, int[] Partitions)> Topics);

internal readonly record struct ActiveProducer(long ProducerId, short Epoch, int LastSequence, long LastTimestampMs, int CoordinatorEpoch, long TransactionStart);

internal readonly record struct ProducersOfPartition(int Partition, ErrorCode Error, IReadOnlyList<ActiveProducer> Producers);

internal sealed record DescribeProducersResponse(IReadOnlyList<(string Name, ProducersOfPartition[] Partitions)> Topics);

/// <summary>DescribeProducers (key 61), v0: producers that a partition remembers, and their open transactions.</summary>
/// <remarks>Flexible from the start. Source: Kafka protocol guide; KIP-664.</remarks>
internal sealed class DescribeProducers(TopicTable topics) : IApi<DescribeProducersRequest, DescribeProducersResponse>
{
    public ApiKey Key => ApiKey.DescribeProducers;

    public ApiVersionRange Versions => new(0, 0, FirstFlexible: 0);

    public DescribeProducersRequest Decode(ref WireReader reader)
    {
        var requested = reader.ReadArray(static (ref r) =>
        {
            var topic = (r.ReadString(), r.ReadInt32Array());
            r.SkipTags();
            return topic;
        });
        reader.SkipTags();
        return new DescribeProducersRequest(requested);
    }

    public ValueTask<DescribeProducersResponse?> HandleAsync(DescribeProducersRequest request, RequestContext context, CancellationToken cancellationToken) =>
        // Each once, however often it is named: the answer is many times the question.
        ValueTask.FromResult<DescribeProducersResponse?>(new([.. request.Topics.DistinctBy(requested => requested.Name).Select(requested =>
        {
            var topic = topics.Find(requested.Name);
            return (requested.Name, requested.Partitions.Distinct().Select(partition => Describe(topic?.Find(partition), partition)).ToArray());
        })]));

    public void Encode(WireWriter writer, DescribeProducersResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteArray(response.Topics, static (w, topic) =>
        {
            w.WriteString(topic.Name);
            w.WriteArray(topic.Partitions, static (p, partition) =>
            {
                p.WriteInt32(partition.Partition);
                p.WriteErrorCode(partition.Error);
                p.WriteNullableString(null);
                p.WriteArray(partition.Producers, WriteProducer);
                p.WriteEmptyTags();
            });
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }

    private static void WriteProducer(WireWriter writer, ActiveProducer producer)
    {
        writer.WriteInt64(producer.ProducerId);
        writer.WriteInt32(producer.Epoch);
        writer.WriteInt32(producer.LastSequence);
        writer.WriteInt64(producer.LastTimestampMs);
        writer.WriteInt32(producer.CoordinatorEpoch);
        writer.WriteInt64(producer.TransactionStart);
        writer.WriteEmptyTags();
    }

    private static ProducersOfPartition Describe(PartitionLog? log, int partition) => log is null
        ? new ProducersOfPartition(partition, ErrorCode.UnknownTopicOrPartition, [])
        : new ProducersOfPartition(partition, ErrorCode.None, log.SelectProducers(static producer => new ActiveProducer(
            producer.ProducerId, producer.Epoch, producer.LastSequence, producer.LastTimestampMs, producer.CoordinatorEpoch, producer.TransactionStart ?? -1)));
}
