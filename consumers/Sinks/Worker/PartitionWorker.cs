using Streaming.Sinks.DeadLetters;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Health;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Worker;

/// <summary>Owns one assigned partition: takes it over, then writes batch after batch, until it is given back or cannot go on.</summary>
internal sealed class PartitionWorker : IAsyncDisposable
{
    private readonly WorkerContext _context;
    private readonly IPartitionFeed _feed;
    private readonly PartitionStatus _status;
    private readonly PartitionRetries _retries;
    private readonly GroupCommits _commits;
    private readonly HashSet<string> _triedFor = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandoning = new();
    private Task _running = Task.CompletedTask;

    public PartitionWorker(WorkerContext context, IPartitionFeed feed, PartitionStatus status)
    {
        (_context, _feed, _status) = (context, feed, status);
        _retries = new PartitionRetries(context, feed, status, _stopping.Token);
        _commits = new GroupCommits(context.Sink, feed, status, context.Options, context.Time, context.Logger);
    }

    public PartitionStatus Status => _status;

    /// <summary>Begins, on the caller's scheduler: the pool's in a host, a simulation's where every step is one's own.</summary>
    public void Start() =>
        _running = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current).Unwrap();

    /// <summary>Finishes the batch in hand, saves, and commits the group's offset; what takes longer than the options allow is abandoned.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        try
        {
            await _running.WaitAsync(TimeSpan.FromMilliseconds(_context.Options.DrainMs), _context.Time);
        }
        catch (TimeoutException)
        {
            _context.Logger.Abandoned(_context.Sink.Name, _status.Topic, _status.Partition, _status.Progress.NextOffset);
            await AbandonAsync();
        }
    }

    /// <summary>Stops the partition for a reason that the consuming thread found.</summary>
    public void Fail(Exception cause)
    {
        Stopped(cause, _status.Progress.NextOffset);
        _stopping.CancelAfter(TimeSpan.Zero);
    }

    /// <summary>Ends at once: the partition is somebody else's already.</summary>
    public async Task AbandonAsync()
    {
        await _stopping.CancelAsync();
        await _abandoning.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await AbandonAsync();
        _stopping.Dispose();
        _abandoning.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await OpenAndPumpAsync();
            }
            catch (Exception cause) when (_abandoning.IsCancellationRequested || (cause is OperationCanceledException && _stopping.IsCancellationRequested))
            {
                _context.Logger.GaveBack(_context.Sink.Name, _status.Topic, _status.Partition, _status.Progress.NextOffset);
                return;
            }
            catch (FencedException)
            {
                // Whoever took it over may be a host that woke late: while the group says that it is ours, it is taken back.
                _context.Logger.Fenced(_context.Sink.Name, _status.Topic, _status.Partition, _status.Progress.NextOffset);
                _status.Is(PartitionState.Opening);
                if (!await PauseBeforeReopeningAsync())
                    break;
            }
            catch (PoisonEventException poison)
            {
                Stopped(poison, poison.Offset);
                if (!await AwaitRequestAsync())
                    break;
            }
            catch (Exception failure)
            {
                Stopped(failure, _status.Progress.NextOffset);
                if (!await AwaitRequestAsync())
                    break;
            }
        }
    }

    private async Task OpenAndPumpAsync()
    {
        var opening = new PartitionOpening(_context, _feed, _status);
        var opened = await _retries.TryAsync(opening.OpenAsync, _stopping.Token);
        var checkpoint = opened.Checkpoint;
        _status.Progress.Begin(checkpoint, opened.LogEnd);
        _status.Opened(checkpoint);
        _status.Is(PartitionState.Running);
        _context.Logger.Resumed(_context.Sink.Name, _status.Topic, _status.Partition, checkpoint.NextOffset, checkpoint.Epoch, checkpoint.Fence,
            _status.Progress.Mode.ToString(), opened.LogEnd);

        _context.Enrichment?.Begin(opened.Source);
        var erased = new ErasedAggregates(_context, opened);
        var parked = new ParkedEvents(_context, opened.Source, checkpoint);
        await _retries.TryAsync(parked.ReadAsync, _stopping.Token);
        using var ownership = new Ownership(_context, _feed, opened);
        var handler = new BatchHandler(_context, opened, ownership, _status, erased, parked, _retries, _stopping.Token, _abandoning.Token);
        await handler.ReadErasuresAsync(_stopping.Token);
        var requests = new PartitionRequests(
            _context, _feed, opened, _status, handler, parked, new Rederivation(_context, _feed, opened, erased, parked, handler));
        var queue = new PartitionQueue(_context.Options.QueueRecordsMax, _context.Options.QueueBytesMax);
        _feed.Start(checkpoint.NextOffset, queue);
        try
        {
            await PumpAsync(opened, erased, parked, handler, requests, queue);
        }
        catch (Exception cause) when (cause is not FencedException && !_abandoning.IsCancellationRequested)
        {
            await SettleAsync(opened);   // Not after a fence: the group's offset is the new owner's.
            throw;
        }
    }

    /// <summary>Until the worker stops, or the checkpoint was moved by request: then the partition is opened anew.</summary>
    private async Task PumpAsync(
        OpenedPartition opened, ErasedAggregates erased, ParkedEvents parked, BatchHandler handler, PartitionRequests requests, PartitionQueue queue)
    {
        var reader = new BatchReader(queue, _context.Options, _context.Time);
        while (true)
        {
            _status.ParkedCount = parked.Count;
            await StandStillAsync(opened);
            if (await _retries.TryAsync(requests.FollowAsync, _abandoning.Token))
            {
                _feed.Pause();
                return;
            }

            var records = await reader.ReadAsync(Sooner(_commits.DueIn(opened.Group), TimeSpan.FromMilliseconds(_context.Options.ControlPollMs)), _stopping.Token);
            if (records.Count == 0)
            {
                if (_commits.DueIn(opened.Group) == TimeSpan.Zero)
                    await SettleAsync(opened);
                continue;
            }

            if (erased.IsDue)
                await handler.ReadErasuresAsync(_abandoning.Token);
            foreach (var run in ByMode(records, opened.Checkpoint))
                await handler.HandleAsync(run);
            if (_commits.DueIn(opened.Group) == TimeSpan.Zero)
                await _commits.CommitAsync(opened.Group);
        }
    }

    /// <summary>Waits for as long as the sink is paused.</summary>
    private async Task StandStillAsync(OpenedPartition opened)
    {
        if (_context.Control.Pause is not { } pause)
            return;
        _feed.Pause();
        _status.Is(PartitionState.Paused, $"paused by {pause.By}{(pause.Reason is { } why ? ": " + why : "")}");
        _context.Logger.StandsStill(_context.Sink.Name, _status.Topic, _status.Partition, _status.Progress.NextOffset, pause.By);
        await SettleAsync(opened);
        while (_context.Control.Pause is not null)
            await Task.Delay(TimeSpan.FromMilliseconds(_context.Options.ControlPollMs), _context.Time, _stopping.Token);
        _status.Is(PartitionState.Running);
        _feed.Resume();
    }

    private static TimeSpan Sooner(TimeSpan due, TimeSpan poll) => due == Timeout.InfiniteTimeSpan || due > poll ? poll : due;

    /// <summary>The group's offset follows the checkpoint once more. Failing here loses nothing: the checkpoint is what counts.</summary>
    private async Task SettleAsync(OpenedPartition opened)
    {
        try
        {
            await _commits.SettleAsync(opened, _abandoning.Token);
        }
        catch (Exception cause) when (cause is not FencedException)
        {
            _context.Logger.GroupCommitFailed(cause, _context.Sink.Name, _status.Topic, _status.Partition, _status.Progress.NextOffset);
        }
    }

    /// <summary>The records as they are, mostly; cut where another mode begins.</summary>
    private static IEnumerable<List<LogRecord>> ByMode(List<LogRecord> records, Checkpoint checkpoint)
    {
        while (checkpoint.ModeAt(records[0].Offset) is var mode && mode != checkpoint.ModeAt(records[^1].Offset))
        {
            yield return [.. records.TakeWhile(record => checkpoint.ModeAt(record.Offset) == mode)];
            records = [.. records.SkipWhile(record => checkpoint.ModeAt(record.Offset) == mode)];
        }

        yield return records;
    }

    private Task<bool> PauseBeforeReopeningAsync() => PauseAsync(_context.Options.RetryDelayMs);

    /// <summary>A partition that has stopped is opened once more for each request that speaks of it: a reset may lead past what stopped it.</summary>
    private async Task<bool> AwaitRequestAsync()
    {
        while (!_context.Control.Open(_status.Topic, _status.Partition).Any(request => _triedFor.Add(request.Id)))
        {
            if (!await PauseAsync(_context.Options.ControlPollMs))
                return false;
        }

        _status.Is(PartitionState.Opening);
        return true;
    }

    /// <summary>False when the worker stops meanwhile.</summary>
    private async Task<bool> PauseAsync(int milliseconds)
    {
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), _context.Time, _stopping.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Stopped(Exception cause, long offset)
    {
        _feed.Pause();
        _status.Is(PartitionState.Stopped, $"@{offset}: {cause.Message}");
        _context.Logger.Stopped(cause, _context.Sink.Name, _status.Topic, _status.Partition, offset, cause.Message);
    }
}
