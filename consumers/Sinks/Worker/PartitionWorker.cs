using Polly;
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
    private readonly ResiliencePipeline _retry;
    private readonly GroupCommits _commits;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandoning = new();
    private Task _running = Task.CompletedTask;
    private int _attempts;

    public PartitionWorker(WorkerContext context, IPartitionFeed feed, PartitionStatus status)
    {
        (_context, _feed, _status) = (context, feed, status);
        _retry = RetryPolicy.Create(context.Options, context.Sink, context.Time, OnRetry);
        _commits = new GroupCommits(context.Sink, feed, status, context.Options, context.Time, context.Logger);
    }

    public PartitionStatus Status => _status;

    public void Start() => _running = Task.Run(RunAsync);

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
                break;
            }
            catch (Exception failure)
            {
                Stopped(failure, _status.Progress.NextOffset);
                break;
            }
        }
    }

    private async Task OpenAndPumpAsync()
    {
        var opening = new PartitionOpening(_context.Sink, _feed, _status, _context.Options, _context.Time, _context.Logger);
        var opened = await TryAsync(opening.OpenAsync, _stopping.Token);
        var (next, checkpoint) = (opened.Checkpoint.NextOffset, opened.Checkpoint);
        _status.Progress.Begin(checkpoint, opened.LogEnd);
        _status.Is(PartitionState.Running);
        _context.Logger.Resumed(_context.Sink.Name, _status.Topic, _status.Partition, next, checkpoint.Epoch, checkpoint.Fence,
            _status.Progress.Mode.ToString(), opened.LogEnd);

        var erased = new ErasedAggregates(_context, opened);
        await TryAsync(erased.ReadAsync, _stopping.Token);
        var queue = new PartitionQueue(_context.Options.QueueRecordsMax, _context.Options.QueueBytesMax);
        _feed.Start(next, queue);
        try
        {
            await PumpAsync(opened, erased, queue);
        }
        catch (Exception cause) when (cause is not FencedException && !_abandoning.IsCancellationRequested)
        {
            await SettleAsync(opened);   // Not after a fence: the group's offset is the new owner's.
            throw;
        }
    }

    private async Task PumpAsync(OpenedPartition opened, ErasedAggregates erased, PartitionQueue queue)
    {
        var reader = new BatchReader(queue, _context.Options, _context.Time);
        while (true)
        {
            var records = await reader.ReadAsync(_commits.DueIn(opened.Group), _stopping.Token);
            if (records.Count == 0)
            {
                await SettleAsync(opened);
                continue;
            }

            if (erased.IsDue)
                await TryAsync(erased.ReadAsync, _abandoning.Token);
            foreach (var run in ByMode(records, opened.Checkpoint))
                await HandleAsync(opened, erased, run);
            if (_commits.DueIn(opened.Group) == TimeSpan.Zero)
                await _commits.CommitAsync(opened.Group);
        }
    }

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
            yield return records.TakeWhile(record => checkpoint.ModeAt(record.Offset) == mode).ToList();
            records = records.SkipWhile(record => checkpoint.ModeAt(record.Offset) == mode).ToList();
        }

        yield return records;
    }

    /// <summary>Writes the records. Those before a poisonous one are written too, and then its exception is thrown.</summary>
    private async Task HandleAsync(OpenedPartition opened, ErasedAggregates erased, List<LogRecord> records)
    {
        while (await WriteUpToPoisonAsync(opened, erased, records) is { } poison)
        {
            // What an erasure leaves of an aggregate looks like damage to who has not heard of it.
            if (!await TryAsync(erased.ReadAsync, _abandoning.Token))
                throw poison;
            records = records.SkipWhile(record => record.Offset < poison.Offset).ToList();
        }
    }

    private async Task<PoisonEventException?> WriteUpToPoisonAsync(OpenedPartition opened, ErasedAggregates erased, List<LogRecord> records)
    {
        var decoder = new BatchDecoder(_context.Decoder, erased, decode => TryAsync(decode, _abandoning.Token));
        var (events, poison) = await decoder.DecodeAsync(records, _abandoning.Token);
        var next = poison?.Offset ?? records[^1].Offset + 1;
        var recordedAt = records[^1].Timestamp;
        while (true)
        {
            try
            {
                await WriteAsync(opened, events, next, recordedAt);
                return poison;
            }
            catch (PoisonEventException found)
            {
                // Found by the sink: what lies before it is written without it.
                poison = found;
                next = found.Offset;
                events = events.TakeWhile(recorded => recorded.Offset < next).ToList();
            }
        }
    }

    private async Task WriteAsync(OpenedPartition opened, List<RecordedEvent> events, long nextOffset, DateTimeOffset recordedAt)
    {
        var progress = _status.Progress;
        if (events.Count == 0)
        {
            // Nothing to write, so the checkpoint stays: after a restart the same remains of erased aggregates are passed over once more.
            progress.Written(nextOffset, recordedAt);
            return;
        }

        var batch = new EventBatch(opened.Source, events, nextOffset, opened.Checkpoint.Epoch, opened.Checkpoint.Fence,
            opened.Group.Plan(nextOffset), opened.Checkpoint.ModeAt(events[0].Offset), opened.Checkpoint.SkippedBefore);

        var duration = await TryAsync(cancellationToken => WriteOnceAsync(batch, cancellationToken), _abandoning.Token);
        opened.Group.Wrote(nextOffset, batch.Group);
        _context.Metrics.Wrote(_status, events.Count, duration);
        if (progress.Written(nextOffset, recordedAt))
            _context.Logger.ModeChanged(_context.Sink.Name, _status.Topic, _status.Partition, nextOffset, progress.Mode);
    }

    private async Task<TimeSpan> WriteOnceAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        await _context.Writers.WaitAsync(_stopping.Token);
        try
        {
            var start = _context.Time.GetTimestamp();
            await _context.Sink.WriteAsync(batch, cancellationToken);
            return _context.Time.GetElapsedTime(start);
        }
        finally
        {
            _context.Writers.Release();
        }
    }

    /// <summary>Tries until it succeeds, or cannot. Stopping ends the waits between tries; a try under way ends by <paramref name="cancellationToken"/>.</summary>
    private async Task<T> TryAsync<T>(Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        var result = await _retry.ExecuteAsync(async _ => await action(cancellationToken), _stopping.Token);
        if (_attempts > 0)
        {
            _context.Logger.Recovered(_context.Sink.Name, _status.Topic, _status.Partition, _status.Progress.NextOffset, _attempts);
            _attempts = 0;
            _status.Is(PartitionState.Running);
            _feed.Resume();
        }

        return result;
    }

    private void OnRetry(Exception cause, int attempt, TimeSpan delay)
    {
        _attempts = attempt;
        _status.Is(PartitionState.Retrying, cause.Message);
        _feed.Pause();
        _context.Metrics.Retried(_status);
        _context.Logger.Retrying(cause, _context.Sink.Name, _status.Topic, _status.Partition, _status.Progress.NextOffset,
            (long)delay.TotalMilliseconds, attempt, cause.Message);
    }

    private async Task<bool> PauseBeforeReopeningAsync()
    {
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(_context.Options.RetryDelayMs), _context.Time, _stopping.Token);
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
