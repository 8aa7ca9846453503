using System.Diagnostics;
using Streaming.Contracts.Control;
using Streaming.Sinks.DeadLetters;
using Streaming.Sinks.Health;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Worker;

/// <summary>Where a partition's worker begins.</summary>
internal sealed record OpenedPartition(SourcePartition Source, Checkpoint Checkpoint, GroupPosition Group, long LogEnd);

/// <summary>Takes a partition over: raises the fence, compares the checkpoint with the cluster, and records a reset that somebody made.</summary>
internal sealed class PartitionOpening(WorkerContext context, IPartitionFeed feed, PartitionStatus status)
{
    private ISink Sink => context.Sink;

    /// <exception cref="PartitionStoppedException">The checkpoint belongs to something else, or the log lost what it points at.</exception>
    public async Task<OpenedPartition> OpenAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await TryOpenAsync(cancellationToken) is { } opened)
                return opened;
            await Task.Delay(TimeSpan.FromMilliseconds(context.Options.ControlPollMs), context.Time, cancellationToken);
        }
    }

    /// <summary>Null while a reset forward waits for its answer.</summary>
    private async Task<OpenedPartition?> TryOpenAsync(CancellationToken cancellationToken)
    {
        var facts = await feed.LookAsync(cancellationToken);
        var checkpoint = await Sink.TakeAsync(facts.Source, new InitialPosition(facts.LogStart, facts.LogEnd, facts.GroupCommitted), cancellationToken);
        switch (Resumption.Decide(Sink.Name, facts.Source, checkpoint, facts.GroupCommitted, facts.LogStart, facts.LogEnd))
        {
            case Resumption.Resume:
                return new OpenedPartition(facts.Source, checkpoint, new GroupPosition(facts.GroupCommitted, checkpoint), facts.LogEnd);

            case Resumption.Replay replay:
                var reset = Moved(facts, checkpoint, replay.FromOffset);
                checkpoint = await Sink.ResetAsync(reset, cancellationToken);
                await new ParkedEvents(context, facts.Source, checkpoint).ReadAndSupersedeAsync(reset.ToOffset, cancellationToken);
                context.Logger.Replaying(Sink.Name, status.Topic, status.Partition, replay.FromOffset, reset.FromOffset, checkpoint.Epoch);
                return new OpenedPartition(facts.Source, checkpoint, new GroupPosition(facts.GroupCommitted, checkpoint), facts.LogEnd);

            case Resumption.AwaitAnswer skip:
                await FollowAnswerAsync(facts, checkpoint, Moved(facts, checkpoint, skip.ToOffset), cancellationToken);
                return null;   // Opened anew, so that one path alone leads to reading.

            case Resumption.Stop stop:
                throw new PartitionStoppedException(stop.Reason);

            case var other:
                throw new UnreachableException($"No way to open a partition by {other}; add it above.");
        }
    }

    // The group stands there already.
    private static Reset Moved(PartitionFacts facts, Checkpoint checkpoint, long toOffset) =>
        new(facts.Source, checkpoint.NextOffset, toOffset, checkpoint.Fence, new GroupOffsets(toOffset, toOffset));

    private async Task FollowAnswerAsync(PartitionFacts facts, Checkpoint checkpoint, Reset reset, CancellationToken cancellationToken)
    {
        Announce(facts, checkpoint, reset);
        var answer = context.Control.Open(status.Topic, status.Partition).LastOrDefault(request => request.Kind is SinkRequestKind.Skip or SinkRequestKind.Stay);
        if (answer is null)
            return;
        if (answer.Kind == SinkRequestKind.Skip && checkpoint.IsReplayCutBy(reset.FromOffset, reset.ToOffset))
        {
            await PartitionRequests.AnswerAsync(context, status, answer, isDone: false, CutReplay(checkpoint, reset), cancellationToken);
            return;
        }

        if (answer.Kind == SinkRequestKind.Skip)
        {
            await Sink.ResetAsync(reset, cancellationToken);
            context.Logger.Skipping(Sink.Name, status.Topic, status.Partition, reset.ToOffset, reset.FromOffset);
        }
        else
        {
            await Sink.RecordGroupAsync(reset.Source, reset.Fence, reset.Group, cancellationToken);
        }

        var message = answer.Kind == SinkRequestKind.Skip
            ? $"What lies from @{reset.FromOffset} up to @{reset.ToOffset} is left out."
            : $"Goes on from the checkpoint, @{reset.FromOffset}.";
        await PartitionRequests.AnswerAsync(context, status, answer, isDone: true, message, cancellationToken);
    }

    // The group can be moved once more when the replay is through; and who means it says so to the sink itself, not by a tool.
    private string CutReplay(Checkpoint checkpoint, Reset reset) => PartitionRequests.CutReplay(checkpoint, reset.FromOffset)
        + $" To go on with it: streamctl sinks stay {Sink.Name}; to leave out what lies between all the same, after that: streamctl sinks reset {Sink.Name} --to {reset.ToOffset} --cut-replay.";

    private void Announce(PartitionFacts facts, Checkpoint checkpoint, Reset reset)
    {
        var reason = $"the group stands at @{reset.ToOffset}, the checkpoint at @{reset.FromOffset}. Either the group was moved forward by a tool, or this "
            + (checkpoint.IsReplayCutBy(reset.FromOffset, reset.ToOffset)
                ? $"destination is an older copy. {CutReplay(checkpoint, reset)}"
                : $"destination is an older copy. Going on there would leave out the events in between. To leave them out: streamctl sinks skip {Sink.Name}; "
                    + $"to go on from the checkpoint: streamctl sinks stay {Sink.Name}.");
        if (status.Now == (PartitionState.AwaitingAnswer, reason))
            return;
        status.Progress.Begin(checkpoint, facts.LogEnd);
        status.Is(PartitionState.AwaitingAnswer, reason);
        context.Logger.AwaitingAnswer(Sink.Name, status.Topic, status.Partition, reset.FromOffset, reason);
    }
}
