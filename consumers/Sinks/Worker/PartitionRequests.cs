using Streaming.Contracts.Control;
using Streaming.Sinks.DeadLetters;
using Streaming.Sinks.Health;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Worker;

/// <summary>Does what people asked of one opened partition, and answers for it.</summary>
/// <remarks>A crash between a request and its answer does it again, which changes nothing but time: a reset replays once more, a dead letter that was
/// handled is a repeat, an aggregate is derived once more.</remarks>
internal sealed class PartitionRequests(
    WorkerContext context, IPartitionFeed feed, OpenedPartition opened, PartitionStatus status, BatchHandler handler, ParkedEvents parked, Rederivation rederivation)
{
    // From the first try on: its answer may have been lost, or the request's be there already when it is looked for again.
    private bool _mayHaveMoved;

    /// <returns>Whether the checkpoint was moved, so that the partition has to be opened anew.</returns>
    public async Task<bool> FollowAsync(CancellationToken cancellationToken)
    {
        foreach (var request in context.Control.Open(status.Topic, status.Partition))
        {
            var targets = request.Targets.Where(target => target.Topic == status.Topic && target.Partition == status.Partition).ToList();
            var (isDone, message) = request.Kind switch
            {
                SinkRequestKind.Reset => await ResetAsync(targets[0].Offset, request.CutsReplay, cancellationToken),
                SinkRequestKind.Redrive => await RedriveAsync(request, Offsets(targets), cancellationToken),
                SinkRequestKind.Rederive => await RederiveAsync(targets[0], request.Key, cancellationToken),
                SinkRequestKind.Discard => await DiscardAsync(request, Offsets(targets), cancellationToken),
                _ => (false, "Nothing waits for an answer here."),
            };
            // What was not done was judged by what we know of the partition, and a host that has lost it knows nothing: an answer is its owner's.
            await context.Sink.ConfirmAsync(opened.Source, opened.Checkpoint.Fence, cancellationToken);
            await AnswerAsync(context, status, request, isDone, message, cancellationToken);
            if (request.Kind == SinkRequestKind.Rederive || (request.Kind == SinkRequestKind.Reset && isDone))
                return true;
        }

        return _mayHaveMoved;
    }

    /// <summary>Records and logs what became of a request.</summary>
    public static async Task AnswerAsync(
        WorkerContext context, PartitionStatus status, SinkRequest request, bool isDone, string message, CancellationToken cancellationToken)
    {
        context.Logger.Asked(context.Sink.Name, request.By, request.Id, status.Topic, status.Partition, status.Progress.NextOffset, message);
        var answer = new SinkAnswer(request.Id, status.Topic, status.Partition, isDone, message, Environment.MachineName, context.Time.GetUtcNow());
        await context.Control.AnswerAsync(answer, cancellationToken);
    }

    private async Task<(bool IsDone, string Message)> ResetAsync(long offset, bool mayCutReplay, CancellationToken cancellationToken)
    {
        var facts = await feed.LookAsync(cancellationToken);
        if (offset > facts.LogEnd)
            return (false, $"The log ends at {facts.LogEnd}: give an offset up to that.");
        if (!opened.Group.IsCertain)
            return (false, "The group's offset could not be committed just now, so that nobody knows where it stands. Ask again.");

        var to = Math.Max(offset, facts.LogStart);
        var from = status.Progress.NextOffset;
        if (to == from)
            return (true, $"It stands at @{to} already.");   // Also where a crash came between a reset and its answer.
        if (opened.Checkpoint.IsReplayCutBy(from, to) && !mayCutReplay)
            return (false, $"{CutReplay(opened.Checkpoint, from)} Ask again then, or say that this is meant (--cut-replay).");
        _mayHaveMoved = true;
        // The group is moved behind this, by the one who opens the partition: either offset is ours.
        await context.Sink.ResetAsync(
            new Reset(opened.Source, from, to, opened.Checkpoint.Fence, opened.Group.Plan(to)), cancellationToken);
        await parked.SupersedeAsync(to, cancellationToken);
        return (true, to < from ? $"Everything from @{to} on is derived again, up to @{from} as a replay." : $"What lies from @{from} up to @{to} is left out.");
    }

    /// <summary>Why a replay is not cut short, for a person.</summary>
    public static string CutReplay(Checkpoint checkpoint, long from) =>
        $"A replay has come to @{from}, and everything before @{checkpoint.ReplayUntil} was handled before it: leaving some of that out would make what is there older than it was. Wait until it has passed @{checkpoint.ReplayUntil}.";

    /// <summary>A sink may raise its epoch for it, even where it then fails: the partition is opened anew in any case.</summary>
    private Task<(bool IsDone, string Message)> RederiveAsync(SinkTarget target, string? key, CancellationToken cancellationToken)
    {
        _mayHaveMoved = true;
        return rederivation.RunAsync(target, key, cancellationToken);
    }

    private async Task<(bool IsDone, string Message)> RedriveAsync(SinkRequest request, HashSet<long> offsets, CancellationToken cancellationToken)
    {
        var (handled, stuck) = (0, new List<string>());
        foreach (var queue in parked.Queues(offsets))
        {
            foreach (var letter in queue.TakeWhile(letter => offsets.Contains(letter.Offset)))
            {
                bool isHandled;
                try
                {
                    isHandled = await handler.RedriveAsync(letter);
                }
                catch (Exception still) when (still is not FencedException and not OperationCanceledException)
                {
                    await parked.WriteAsync([letter with { Reason = still.Message, Tries = letter.Tries + 1, Behind = null }], cancellationToken);
                    stuck.Add($"{letter.Position}: {still.Message}");
                    break;
                }

                // Not among what is caught: the event is handled, and a letter that cannot say so is tried again with the whole request.
                if (isHandled)
                {
                    await parked.WriteAsync([Decided(letter, DeadLetterState.Redriven, request)], cancellationToken);
                    handled++;
                }
            }

            if (!offsets.Contains(queue[0].Offset))
                stuck.Add($"{queue[0].Position} waits before the others of {queue[0].Queue}, and was not named.");
        }

        return (stuck.Count == 0, $"{handled} handled.{string.Concat(stuck.Select(why => " " + why))}");
    }

    private async Task<(bool IsDone, string Message)> DiscardAsync(SinkRequest request, HashSet<long> offsets, CancellationToken cancellationToken)
    {
        var letters = parked.At(offsets);
        if (letters.Count > 0)
            await parked.WriteAsync([.. letters.Select(letter => Decided(letter, DeadLetterState.Discarded, request))], cancellationToken);
        return (letters.Count == offsets.Count, $"{letters.Count} discarded.{(letters.Count < offsets.Count ? " The others do not wait any more." : "")}");
    }

    private DeadLetter Decided(DeadLetter letter, DeadLetterState state, SinkRequest request) =>
        letter with { State = state, Epoch = opened.Checkpoint.Epoch, DecidedBy = request.By, DecidedAt = context.Time.GetUtcNow(), DecidedFor = request.Reason };

    private static HashSet<long> Offsets(IEnumerable<SinkTarget> targets) => [.. targets.Select(target => target.Offset)];
}
