using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Reading;

namespace Streaming.Sinks.Worker;

/// <summary>Asks the cluster for its id and its topics' ids: what a checkpoint belongs to.</summary>
internal sealed class ClusterView : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private readonly IAdminClient _admin;

    public ClusterView(ClientConfig config) =>
        _admin = QuietClients.Admin(config);

    /// <exception cref="KafkaException">The cluster didn't answer, or doesn't have the topic.</exception>
    public async Task<SourcePartition> IdentifyAsync(TopicPartition partition)
    {
        var cluster = await _admin.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = RequestTimeout });
        var topics = await _admin.DescribeTopicsAsync(
            TopicCollection.OfTopicNames([partition.Topic]), new DescribeTopicsOptions { RequestTimeout = RequestTimeout });
        var topic = topics.TopicDescriptions.Single();
        if (topic.Error.IsError)
            throw new KafkaException(topic.Error);
        return new SourcePartition(cluster.ClusterId, partition.Topic, topic.TopicId.ToString(), partition.Partition);
    }

    /// <summary>Whether no host is a member of a consumer group.</summary>
    /// <exception cref="KafkaException">The cluster didn't answer.</exception>
    public async Task<bool> IsGroupEmptyAsync(string group)
    {
        try
        {
            var described = await _admin.DescribeConsumerGroupsAsync([group], new DescribeConsumerGroupsOptions { RequestTimeout = RequestTimeout });
            return described.ConsumerGroupDescriptions.Single().Members.Count == 0;
        }
        catch (DescribeConsumerGroupsException unknown)
            when (unknown.Results.ConsumerGroupDescriptions.Single().Error.Code is ErrorCode.GroupIdNotFound)
        {
            return true;
        }
    }

    public void Dispose() => _admin.Dispose();
}
