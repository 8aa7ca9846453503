using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Streaming.Commands.Processing;
using Streaming.Commands.Records;
using Streaming.Contexts.Fulfilment;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Topics;
using Streaming.Hosting.Kafka;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.CommandHost.Fulfilment;

/// <summary>Has orders checked that fulfilment wants checked, and tells it the verdict, by a command.</summary>
/// <remarks>
/// At least once: a position is committed when everything before it is answered and the answers are confirmed. A check that is made twice has
/// two answers under one id, of which the first counts. One that comes when its time is over is left to fulfilment's own timer.
/// </remarks>
internal sealed class RiskCheckWorker(
    RiskService service,
    CommandClient commands,
    IOptions<RiskCheckOptions> options,
    IOptions<KafkaOptions> kafka,
    IOptions<TopicsOptions> topics,
    ContextPreparation preparation,
    RecordFormat format,
    TimeProvider time,
    ILogger<RiskCheckWorker> logger) : BackgroundService
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan CommitInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly byte[] CheckType = Encoding.UTF8.GetBytes(RiskCheckRequested.RecordType.FullName);

    private readonly ContextTopics _topics = FulfilmentContext.Definition.Topics.WithPrefix(topics.Value.Prefix);
    private readonly string _group = $"{topics.Value.Prefix}{FulfilmentContext.Definition.Topics.Context}.risk-check";
    private readonly PendingOffsets _pending = new();
    private bool? _isPaused;
    private long _committedAt = time.GetTimestamp();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await preparation.PrepareAsync(_topics, FulfilmentContext.Definition.Records, stoppingToken);
        if (options.Value.Url.Length == 0)
            logger.NobodyChecksRisk();
        await Task.Factory.StartNew(() => Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void Run(CancellationToken stopping)
    {
        using var consumer = Consumer();
        consumer.Subscribe(_topics.Events.Name);
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                Take(consumer, stopping);
                CommitNowAndThen(consumer);
            }
        }
        finally
        {
            Commit(consumer);
            consumer.Close();
        }
    }

    private void Take(IConsumer<byte[], byte[]> consumer, CancellationToken stopping)
    {
        MakeRoom(consumer);
        if (Poll(consumer) is not { } record)
            return;
        var check = Read(record, stopping);
        _pending.See(record.TopicPartitionOffset, isPending: check is not null);
        if (check is not null)
            _ = AnswerAsync(check, record, stopping);     // Ends in the record being done, or in the host's end.
    }

    // Polled on while it is full, because who polls no more is taken for dead.
    private void MakeRoom(IConsumer<byte[], byte[]> consumer)
    {
        var isFull = _pending.Count >= options.Value.ParallelismMax;
        if (isFull == _isPaused)
            return;
        if (isFull)
            consumer.Pause(consumer.Assignment);
        else
            consumer.Resume(consumer.Assignment);
        _isPaused = isFull;
    }

    private RiskCheckRequested? Read(ConsumeResult<byte[], byte[]> record, CancellationToken stopping)
    {
        if (record.Message.Value is null || !record.Message.Headers.TryGetLastBytes(HeaderNames.Type, out var type) || !type.AsSpan().SequenceEqual(CheckType))
            return null;
        while (true)
        {
            try
            {
                return format.Decode(record.Message.Value) is RiskCheckRequested check && check.Deadline > time.GetUtcNow() ? check : null;
            }
            catch (RegistryUnavailableException cause)
            {
                logger.RiskCheckFailed(cause, record.TopicPartitionOffset.ToString(), cause.Message);
                stopping.WaitHandle.WaitOne(RetryDelay);
                stopping.ThrowIfCancellationRequested();
            }
            catch (UndecodableRecordException cause)
            {
                // Nobody is left without an answer: fulfilment's own deadline ends the wait.
                logger.RiskCheckFailed(cause, record.TopicPartitionOffset.ToString(), cause.Message);
                return null;
            }
        }
    }

    private async Task AnswerAsync(RiskCheckRequested check, ConsumeResult<byte[], byte[]> asked, CancellationToken stopping)
    {
        try
        {
            var verdict = await service.CheckAsync(check, stopping);
            var answer = new RecordRiskVerdict(check.OrderId, check.CheckId, verdict.Found, verdict.Reason, OccurredAt: null);
            await TellAsync(check, answer, CircumstancesOf(asked.Message.Headers), stopping);
            _pending.Done(asked.TopicPartitionOffset);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stays pending: whoever has the partition next asks again.
        }
    }

    // Until the cluster has it, or until it is of no use: fulfilment's own deadline has ended the wait then.
    private async Task TellAsync(RiskCheckRequested check, RecordRiskVerdict verdict, Circumstances circumstances, CancellationToken stopping)
    {
        var fulfilment = commands.For(FulfilmentContext.Definition.Topics);
        while (check.Deadline > time.GetUtcNow())
        {
            try
            {
                await fulfilment.SendAsync(check.OrderId.Value, $"risk/{check.OrderId.Value}/{check.CheckId}", verdict, circumstances);
                return;
            }
            catch (Exception cause) when (cause is KafkaException or RegistryException)
            {
                logger.CommandUnconfirmed(cause, check.OrderId.Value);
                await Task.Delay(RetryDelay, time, stopping);
            }
        }
    }

    private static Circumstances CircumstancesOf(Headers headers) => new(
        Actor: Text(headers, HeaderNames.Actor),
        Tenant: Text(headers, HeaderNames.Tenant),
        CorrelationId: Text(headers, HeaderNames.CorrelationId),
        TraceParent: Text(headers, HeaderNames.TraceParent));

    private static string? Text(Headers headers, string name) => headers.TryGetLastBytes(name, out var value) ? Encoding.UTF8.GetString(value) : null;

    private void CommitNowAndThen(IConsumer<byte[], byte[]> consumer)
    {
        if (time.GetElapsedTime(_committedAt) < CommitInterval)
            return;
        Commit(consumer);
        _committedAt = time.GetTimestamp();
    }

    private void Commit(IConsumer<byte[], byte[]> consumer)
    {
        var moved = _pending.Moved();
        if (moved.Count == 0)
            return;
        try
        {
            consumer.Commit(moved);
        }
        catch (KafkaException cause) when (!cause.Error.IsFatal)
        {
            logger.ResultsTroubled(_topics.Events.Name, cause.Error.Reason);    // What is committed too late is only checked twice.
        }
    }

    private void Release(IConsumer<byte[], byte[]> consumer, List<TopicPartitionOffset> released, bool isLost)
    {
        if (!isLost)
            Commit(consumer);
        foreach (var partition in released)
            _pending.Forget(partition.TopicPartition);
    }

    private ConsumeResult<byte[], byte[]>? Poll(IConsumer<byte[], byte[]> consumer)
    {
        try
        {
            return consumer.Consume(PollTime);
        }
        catch (ConsumeException cause) when (!cause.Error.IsFatal)
        {
            logger.ResultsTroubled(_topics.Events.Name, cause.Error.Reason);
            return null;
        }
    }

    private IConsumer<byte[], byte[]> Consumer() => new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig(kafka.Value.ToClientConfig())
    {
        GroupId = _group,
        PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        SessionTimeoutMs = options.Value.SessionTimeoutMs,
        HeartbeatIntervalMs = options.Value.SessionTimeoutMs / 3,
        IsolationLevel = IsolationLevel.ReadCommitted,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
    })
        // Those that were ours before may be paused, the new ones are not.
        .SetPartitionsAssignedHandler((_, _) => _isPaused = null)
        .SetPartitionsRevokedHandler((releasing, revoked) => Release(releasing, revoked, isLost: false))
        .SetPartitionsLostHandler((releasing, lost) => Release(releasing, lost, isLost: true))
        .SetLogHandler((_, message) => logger.ResultsTroubled(_topics.Events.Name, message.Message))
        .SetErrorHandler((_, error) => logger.ResultsTroubled(_topics.Events.Name, error.Reason))
        .Build();
}
