using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Commands.Deciding;
using Streaming.Commands.Duplicates;
using Streaming.Commands.Incoming;
using Streaming.Commands.Processes;
using Streaming.Commands.Records;
using Streaming.Commands.Restoring;
using Streaming.Commands.Snapshots;
using Streaming.Commands.Writing;

namespace Streaming.Commands.Processing;

/// <summary>Owns one partition: takes it over, restores it, and decides its commands until it is given up.</summary>
/// <remarks>
/// Has a thread of its own, because librdkafka's transaction calls block: on the pool a few partitions would starve everything else. Whatever
/// goes wrong, the state in memory is thrown away and restored from the log; commands in hand are kept for then.
/// </remarks>
internal sealed class PartitionWorker<TCommand, TEvent, TState> : IPartitionWorker
    where TCommand : class
    where TEvent : class
{
    private static readonly TimeSpan RestartDelayMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AbortDelay = TimeSpan.FromMilliseconds(20);

    private readonly CommandContext<TCommand, TEvent, TState> _context;
    private readonly TopicPartition _commands;
    private readonly PartitionTopics _topics;
    private readonly CommandProcessorOptions _options;
    private readonly ProcessorClients _clients;
    private readonly IConsumer<byte[], byte[]> _group;
    private readonly Membership _membership;
    private readonly RecordFormat _format;
    private readonly ProcessorTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly KafkaAsking _asking;
    private readonly CommandQueue _queue;
    private readonly BatchCollector _collector;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread _thread;
    private volatile PartitionMemory? _memory;

    public PartitionWorker(
        CommandContext<TCommand, TEvent, TState> context,
        int partition,
        CommandProcessorOptions options,
        ProcessorClients clients,
        IConsumer<byte[], byte[]> group,
        Membership membership,
        RecordFormat format,
        ProcessorTelemetry telemetry,
        TimeProvider time,
        ILogger logger)
    {
        _context = context;
        _topics = PartitionTopics.Of(context.Topics, partition);
        _commands = _topics.Commands;
        _asking = new KafkaAsking(_commands, logger);
        (_options, _clients, _group, _membership) = (options, clients, group, membership);
        (_format, _telemetry, _time, _logger) = (format, telemetry, time, logger);
        Status = new PartitionStatus(time);
        _queue = new CommandQueue(options.QueuedRecordsMax);
        var reader = new CommandReader<TCommand>(context.Topics.PartitionCount, context.AggregateId, format);
        _collector = new BatchCollector(_queue, reader.Read, options, Status, time, logger);
        _thread = new Thread(Run) { IsBackground = true, Name = $"decide {_commands.Topic}-{partition}" };
        _thread.Start();
    }

    public PartitionStatus Status { get; }

    public CommandQueue Queue => _queue;

    public PartitionReading Reading => new(
        _commands.Partition, _memory?.States.Count ?? 0, _memory?.Results.Count ?? 0,
        _memory is { } memory ? _time.GetUtcNow().ToUnixTimeMilliseconds() - memory.Results.ReachesBackToMs : 0, _queue.Count,
        _memory?.Timers?.Waiting ?? 0);

    public void RequestStop() => _stopping.Cancel();

    /// <summary>Returns once the partition is left alone: the batch in hand is committed or will never be.</summary>
    public void AwaitStop(string why)
    {
        _thread.Join();
        _logger.PartitionReleased(_commands.Topic, _commands.Partition, why);
    }

    public void Dispose()
    {
        RequestStop();
        _thread.Join();
        _stopping.Dispose();
        _queue.Dispose();
    }

    private void Run()
    {
        var failures = 0;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                TakeOverAndDecide(() => failures = 0);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (KafkaException cause) when (cause.Error.IsFatal)
            {
                // The group tells at the next heartbeat whether the partition is still ours. Taking it back before would fence its owner.
                _logger.PartitionFenced(cause, _commands.Topic, _commands.Partition);
                Fail(cause, TimeSpan.FromMilliseconds(_options.SessionTimeoutMs / 2d));
            }
#pragma warning disable CA1031 // The thread's last resort: whatever it was, health says so, and the log is the truth to start from again.
            catch (Exception cause)
#pragma warning restore CA1031
            {
                var delay = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, failures++), RestartDelayMax.TotalSeconds));
                _logger.PartitionFailed(cause, _commands.Topic, _commands.Partition, cause.Message, (long)delay.TotalMilliseconds);
                Fail(cause, delay);
            }
        }
    }

    private void Fail(Exception cause, TimeSpan delay)
    {
        _memory = null;
        _collector.Return();
        Status.Failed(cause.Message);
        _stopping.Token.WaitHandle.WaitOne(delay);
    }

    private void TakeOverAndDecide(Action onProgress)
    {
        var started = _time.GetTimestamp();
        Status.Restoring();
        _logger.PartitionAssigned(_commands.Topic, _commands.Partition);
        using var writer = new TransactionWriter(
            _clients.TransactionalProducer(_commands), $"{_commands.Topic}-{_commands.Partition.Value}", TimeSpan.FromMilliseconds(_options.TransactionTimeoutMs), _logger);
        writer.TakeOver(_stopping.Token);
        var nextOffset = CommittedOffset();

        var states = new AggregateStates<TState>(_context.Decider.Initial);
        var headers = new RecordHeaders(_context.Source);
        var timers = _context.Process is { } process
            ? new Timers<TCommand, TEvent, TState>(process, states, _commands, headers, _format, _time)
            : null;
        var memory = new PartitionMemory(
            states, new(_options.DuplicatesWindow, _options.DuplicatesMax, _time), new(_topics), timers);
        var decider = new BatchDecider<TCommand, TEvent, TState>(
            _context, memory.States, memory.Results, memory.Outbox, timers, headers, _format, _telemetry, _options.StreamLengthWarning, _time,
            _logger);
        var restored = new PartitionRestorer<TCommand, TEvent, TState>(_context, _topics, _clients, _options, _format, _time, _logger)
            .Restore(memory.States, memory.Results, writer.EndsOf(_topics.All, _stopping.Token), _asking, _stopping.Token);
        var rounds = Rounds(memory, headers);
        rounds?.Count(restored.Events, DateTimeOffset.FromUnixTimeMilliseconds(restored.FirstEventMs));
        decider.RecordNotBefore(restored.NewestMs);
        timers?.Restored();
        _memory = memory;

        var elapsed = _time.GetElapsedTime(started);
        _telemetry.Restored(restored, elapsed);
        _logger.PartitionRestored(
            _commands.Topic, _commands.Partition, (long)elapsed.TotalMilliseconds, memory.States.Count, restored.Snapshots, restored.Events,
            memory.Results.Count, nextOffset);
        Status.Restored();
        while (!_stopping.IsCancellationRequested)
        {
            if (timers is not null)
                TellDue(timers, writer, nextOffset);
            // A round of snapshots goes on without commands, too.
            var patience = rounds?.IsDue is true ? TimeSpan.Zero : timers?.Patience(BatchCollector.IdleWait) ?? BatchCollector.IdleWait;
            if (_collector.Collect(nextOffset, patience, _stopping.Token) || (rounds?.IsDue is true && !_collector.IsHeldUp))
            {
                nextOffset = Commit(decider, rounds, memory.Outbox, writer, nextOffset);
                onProgress();
                Status.Progressed();
            }
            else if (!_collector.IsHeldUp)
            {
                Status.Progressed();    // There is nothing to do, which is no stall.
            }
        }
    }

    // In a transaction like any batch, so that who has lost the partition tells nobody. If it is aborted, they are due the next time, too.
    private void TellDue(Timers<TCommand, TEvent, TState> timers, TransactionWriter writer, long nextOffset)
    {
        var due = timers.Due(_options.BatchRecordsMax);
        if (due.Count == 0)
            return;
        try
        {
            writer.Write(due, [new(_commands, nextOffset)], _membership.Current, _stopping.Token);
            timers.Told();
            _telemetry.TimersFired(due.Count);
        }
        catch (TransactionAbortedException cause)
        {
            _telemetry.Aborted();
            _logger.TimersAborted(cause, _commands.Topic, _commands.Partition, due.Count);
            _stopping.Token.WaitHandle.WaitOne(AbortDelay);
        }
    }

    // Until the batch is in the log: an aborted transaction leaves nothing, so the same commands are decided again.
    // A batch without commands carries snapshots alone.
    private long Commit(
        BatchDecider<TCommand, TEvent, TState> decider, SnapshotRounds<TState>? rounds, Outbox outbox, TransactionWriter writer, long committedOffset)
    {
        var batch = _collector.Batch;
        var nextOffset = batch.Count == 0 ? committedOffset : batch[^1].Record.Offset.Value + 1;
        while (true)
        {
            _stopping.Token.ThrowIfCancellationRequested();
            var started = _time.GetTimestamp();
            // Asked for before the transaction: its own events are not to count.
            var due = rounds?.IsDue is true ? rounds : null;
            var eventsEnd = due?.NeedsEventsEnd is true ? writer.EndsOf([_topics.Events], _stopping.Token)[_topics.Events] : 0;
            Activity? committing = null;
            try
            {
                writer.Write(SendAll, [new(_commands, nextOffset)], _membership.Current, _stopping.Token);
                rounds?.Count(decider.Events, decider.RecordedAt);
                decider.Accept();
                rounds?.Accept();
                _telemetry.Committed(batch.Count, _time.GetElapsedTime(started));
                _collector.Done();
                return nextOffset;
            }
            catch (TransactionAbortedException cause)
            {
                decider.Drop();
                rounds?.Drop();
                _telemetry.Aborted();
                _logger.TransactionAborted(cause, _commands.Topic, _commands.Partition, batch.Count, batch.Count == 0 ? nextOffset : batch[0].Record.Offset.Value);
                _stopping.Token.WaitHandle.WaitOne(AbortDelay);
            }
            finally
            {
                committing?.Dispose();
            }

            void SendAll()
            {
                decider.Decide(batch, Send);
                due?.Append(decider.RecordedAt, eventsEnd);
                committing = ProcessorTelemetry.StartCommitting(decider.Traces, _commands);
                Send();
            }
        }

        void Send()
        {
            writer.Send(outbox.Records);
            outbox.Clear();
        }
    }

    private SnapshotRounds<TState>? Rounds(PartitionMemory memory, RecordHeaders headers) => _context.Snapshots is null ? null : new(
        memory.States, new(_context.Snapshots, _format, headers), memory.Outbox, _options, _telemetry, _time);

    // Stable: while a transaction that moves the offset is undecided, the cluster has the client ask again.
    private long CommittedOffset()
    {
        var committed = _asking.Ask("OffsetFetch", () => _group.Committed([_commands], RequestTimeout)[0].Offset, _stopping.Token);
        return committed.IsSpecial ? 0 : committed.Value;
    }

    private sealed record PartitionMemory(AggregateStates<TState> States, ResultIndex Results, Outbox Outbox, Timers<TCommand, TEvent, TState>? Timers);
}
