using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Streaming.Sinks.Health;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Worker;

/// <summary>Where a partition's worker begins.</summary>
internal sealed record OpenedPartition(SourcePartition Source, Checkpoint Checkpoint, GroupPosition Group, long LogEnd);

/// <summary>Takes a partition over: raises the fence, compares the checkpoint with the cluster, and records a reset that somebody made.</summary>
internal sealed class PartitionOpening(ISink sink, IPartitionFeed feed, PartitionStatus status, SinkOptions options, TimeProvider time, ILogger logger)
{
    /// <exception cref="PartitionStoppedException">The checkpoint belongs to something else, or the log lost what it points at.</exception>
    public async Task<OpenedPartition> OpenAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await TryOpenAsync(cancellationToken) is { } opened)
                return opened;
            await Task.Delay(TimeSpan.FromMilliseconds(options.RetryDelayMs), time, cancellationToken);
        }
    }

    /// <summary>Null while a reset forward waits for its answer.</summary>
    private async Task<OpenedPartition?> TryOpenAsync(CancellationToken cancellationToken)
    {
        var facts = await feed.LookAsync(cancellationToken);
        var checkpoint = await sink.TakeAsync(facts.Source, new InitialPosition(facts.LogStart, facts.LogEnd, facts.GroupCommitted), cancellationToken);
        switch (Resumption.Decide(sink.Name, facts.Source, checkpoint, facts.GroupCommitted, facts.LogStart, facts.LogEnd))
        {
            case Resumption.Resume:
                return new OpenedPartition(facts.Source, checkpoint, new GroupPosition(facts.GroupCommitted, checkpoint), facts.LogEnd);

            case Resumption.Replay replay:
                var reset = new Reset(facts.Source, checkpoint.NextOffset, replay.FromOffset, checkpoint.Fence);
                checkpoint = await sink.ResetAsync(reset, cancellationToken);
                logger.Replaying(sink.Name, status.Topic, status.Partition, replay.FromOffset, reset.FromOffset, checkpoint.Epoch);
                return new OpenedPartition(facts.Source, checkpoint, new GroupPosition(facts.GroupCommitted, checkpoint), facts.LogEnd);

            case Resumption.AwaitAnswer skip:
                return await FollowAnswerAsync(facts, checkpoint, new Reset(facts.Source, checkpoint.NextOffset, skip.ToOffset, checkpoint.Fence), cancellationToken);

            case Resumption.Stop stop:
                throw new PartitionStoppedException(stop.Reason);

            case var other:
                throw new UnreachableException($"No way to open a partition by {other}; add it above.");
        }
    }

    private async Task<OpenedPartition?> FollowAnswerAsync(PartitionFacts facts, Checkpoint checkpoint, Reset reset, CancellationToken cancellationToken)
    {
        var question = await sink.AskAsync(reset, cancellationToken);
        switch (question.Answer)
        {
            case ResetAnswer.Skip:
                await sink.ResetAsync(reset, cancellationToken);
                logger.Skipping(sink.Name, status.Topic, status.Partition, reset.ToOffset, reset.FromOffset);
                return null;   // Opened anew, so that one path alone leads to reading.

            case ResetAnswer.Stay:
                await sink.StayAsync(reset, cancellationToken);
                return null;

            default:
                Announce(facts, checkpoint, reset, question.HowToAnswer);
                return null;
        }
    }

    private void Announce(PartitionFacts facts, Checkpoint checkpoint, Reset reset, string howToAnswer)
    {
        var reason = $"the group stands at @{reset.ToOffset}, the checkpoint at @{reset.FromOffset}. Either the group was moved forward by a tool, or this "
            + $"destination is an older copy. Going on there would leave out the events in between. {howToAnswer}";
        if (status.Now == (PartitionState.AwaitingAnswer, reason))
            return;
        status.Progress.Begin(checkpoint, facts.LogEnd);
        status.Is(PartitionState.AwaitingAnswer, reason);
        logger.AwaitingAnswer(sink.Name, status.Topic, status.Partition, reset.FromOffset, reason);
    }
}
