namespace Streaming.Sinks.Positions;

/// <summary>What a worker does with a partition that it was assigned.</summary>
public abstract record Resumption
{
    /// <summary>Go on from the checkpoint.</summary>
    public sealed record Resume(long NextOffset) : Resumption;

    /// <summary>Somebody moved the group back: record that, then derive everything from there on again.</summary>
    public sealed record Replay(long FromOffset) : Resumption;

    /// <summary>Somebody moved the group forward, which would skip events: wait until that is confirmed.</summary>
    public sealed record AwaitAnswer(long ToOffset) : Resumption;

    /// <summary>The position makes no sense here; nothing is read.</summary>
    public sealed record Stop(string Reason) : Resumption;

    /// <summary>Compares what the destination remembers with what the cluster says.</summary>
    /// <param name="sink">Named in messages.</param>
    /// <param name="source">The partition as the cluster has it now.</param>
    /// <param name="groupCommitted">The group's committed offset; null for none.</param>
    /// <param name="logStart">First offset that is still there.</param>
    /// <param name="logEnd">The offset that the next record gets.</param>
    public static Resumption Decide(
        string sink, SourcePartition source, Checkpoint checkpoint, long? groupCommitted, long logStart, long logEnd)
    {
        if (OtherSource(sink, source, checkpoint) is { } other)
            return new Stop(other);

        if (!checkpoint.Group.Explain(groupCommitted) && groupCommitted is { } moved && moved != checkpoint.NextOffset)
            return moved < checkpoint.NextOffset ? new Replay(Math.Max(moved, logStart)) : new AwaitAnswer(moved);

        if (checkpoint.NextOffset > logEnd)
            return new Stop($"the checkpoint of {sink} is {source}@{checkpoint.NextOffset}, but the log ends at {logEnd}: the cluster has lost records "
                + "that this destination holds. Restore the log, or reset the group (kafka-consumer-groups --reset-offsets) to derive again from what is left.");
        if (checkpoint.NextOffset < logStart)
            return new Stop($"the checkpoint of {sink} is {source}@{checkpoint.NextOffset}, but the log starts at {logStart}: records were deleted "
                + $"before they were read. Restore them, or reset the group to {logStart} and confirm the gap.");
        return new Resume(checkpoint.NextOffset);
    }

    private static string? OtherSource(string sink, SourcePartition source, Checkpoint checkpoint)
    {
        if (checkpoint.ClusterId != source.ClusterId)
            return $"the checkpoint of {sink} for {source} belongs to cluster {checkpoint.ClusterId}, this is cluster {source.ClusterId}. "
                + "Point the host at the cluster it was fed from (Kafka:BootstrapServers), or give it another database or schema.";
        if (checkpoint.TopicId != source.TopicId)
            return $"the checkpoint of {sink} for {source} belongs to topic id {checkpoint.TopicId}, this topic has id {source.TopicId}: "
                + "it was deleted and created again. Give the sink another database or schema, which it fills from the new topic.";
        return null;
    }
}
