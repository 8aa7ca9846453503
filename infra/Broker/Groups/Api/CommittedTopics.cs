using Streaming.Broker.Groups.Offsets;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Api;

/// <summary>Offsets to commit in the partitions of one topic; the same in OffsetCommit and TxnOffsetCommit.</summary>
internal sealed record CommittedTopic(TopicRef Topic, IReadOnlyList<CommittedPartition> Partitions)
{
    /// <param name="leaderEpochSince">The version that brought the leader epoch to the API in question.</param>
    /// <param name="topicIdSince">The version from which on topics are named by their ids.</param>
    public static CommittedTopic Read(ref WireReader reader, short leaderEpochSince, short topicIdSince = TopicRef.Never)
    {
        var topic = new CommittedTopic(TopicRef.Read(ref reader, topicIdSince), reader.ReadArray((ref r) => CommittedPartition.Read(ref r, leaderEpochSince)));
        reader.SkipTags();
        return topic;
    }
}

/// <param name="LeaderEpoch">-1 when not given.</param>
internal sealed record CommittedPartition(int Partition, long Offset, int LeaderEpoch, string? Metadata)
{
    public static CommittedPartition Read(ref WireReader reader, short leaderEpochSince)
    {
        var partition = new CommittedPartition(
            reader.ReadInt32(), reader.ReadInt64(), reader.Version >= leaderEpochSince ? reader.ReadInt32() : -1, reader.ReadNullableString());
        reader.SkipTags();
        return partition;
    }
}

internal sealed record TopicErrors(TopicRef Topic, IReadOnlyList<PartitionError> Partitions);

internal sealed record PartitionError(int Partition, ErrorCode Error);

/// <summary>Takes the commits that can be taken, and gives each partition its error.</summary>
internal sealed class OffsetCommits(GroupOptions options, TimeProvider time, ITopicDirectory directory)
{
    /// <param name="commit">Commits what passed; its error goes to all of it.</param>
    public IReadOnlyList<TopicErrors> Commit(
        IReadOnlyList<CommittedTopic> topics, Func<IReadOnlyList<KeyValuePair<TopicPartition, CommittedOffset>>, ErrorCode> commit)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        topics = [.. topics.Select(topic => topic with { Topic = topic.Topic.Named(directory) })];
        var taken = topics
            .SelectMany(topic => topic.Partitions.Where(p => Check(topic.Topic, p) == ErrorCode.None).Select(p => KeyValuePair.Create(
                new TopicPartition(topic.Topic.Name!, p.Partition), new CommittedOffset(p.Offset, p.LeaderEpoch, p.Metadata ?? "", now))))
            .ToList();
        var error = commit(taken);
        return ErrorsOf(topics, (topic, p) => Check(topic, p) is var own && own != ErrorCode.None ? own : error);
    }

    /// <summary>The same error for every partition.</summary>
    public static IReadOnlyList<TopicErrors> Refuse(IReadOnlyList<CommittedTopic> topics, ErrorCode error) => ErrorsOf(topics, (_, _) => error);

    private ErrorCode Check(TopicRef topic, CommittedPartition committed) =>
        topic.Name is null ? ErrorCode.UnknownTopicId
        : !directory.Has(new TopicPartition(topic.Name, committed.Partition)) ? ErrorCode.UnknownTopicOrPartition
        : committed.Metadata?.Length > options.OffsetMetadataBytesMax ? ErrorCode.OffsetMetadataTooLarge
        : ErrorCode.None;

    private static IReadOnlyList<TopicErrors> ErrorsOf(IReadOnlyList<CommittedTopic> topics, Func<TopicRef, CommittedPartition, ErrorCode> errorOf) =>
        [.. topics.Select(topic => new TopicErrors(topic.Topic, [.. topic.Partitions.Select(p => new PartitionError(p.Partition, errorOf(topic.Topic, p)))]))];
}

/// <summary>The errors per partition, in the shape that all answers about offsets share.</summary>
internal static class TopicErrorsCodec
{
    /// <param name="topicIdSince">The version from which on topics are named by their ids.</param>
    /// <param name="known">The error in words that the client knows; null: it knows them all.</param>
    public static void WriteTopicErrors(
        this WireWriter writer, IReadOnlyList<TopicErrors> topics, short topicIdSince = TopicRef.Never, Func<ErrorCode, ErrorCode>? known = null) => writer.WriteArray(topics, (w, topic) =>
    {
        topic.Topic.Write(w, topicIdSince);
        w.WriteArray(topic.Partitions, (w, partition) =>
        {
            w.WriteInt32(partition.Partition);
            w.WriteErrorCode(known?.Invoke(partition.Error) ?? partition.Error);
            w.WriteEmptyTags();
        });
        w.WriteEmptyTags();
    });
}
