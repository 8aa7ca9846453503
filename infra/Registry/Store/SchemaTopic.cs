using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streaming.Contracts.Topics;
using Streaming.Hosting.Kafka;

namespace Streaming.Registry.Store;

/// <summary>The registry's memory: a compacted topic of one partition, read from its beginning, and folded into <see cref="State"/>.</summary>
/// <remarks>
/// Any number of registries may share the topic. Each decides on all that stands in it and writes as the one writer (<see cref="SchemaWriter"/>); who finds that
/// another has become the writer, reads what that one wrote and decides again. A write is done when the reader has met it in the topic: what is answered has
/// been stored, and <see cref="State"/> never runs ahead of it. The reader alone changes the state; everyone may look.
/// </remarks>
internal sealed class SchemaTopic : IAsyncDisposable
{
    /// <summary>Who loses the writing so soon after taking it shares the topic with another that writes now.</summary>
    private static readonly TimeSpan ContendedFor = TimeSpan.FromSeconds(3);

    /// <summary>Then it pauses so long before taking it back: a takeover costs as much as many writes, and the other is let do some. In milliseconds.</summary>
    private static readonly (int Min, int Max) Pause = (200, 1_000);

    private static readonly TimeSpan SecondLookMax = TimeSpan.FromSeconds(2);

    private readonly TopicPartition _partition;
    private readonly RegistryServerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IAdminClient _ends;
    private readonly SchemaWriter _writer;
    private readonly Random _pauses;
    private long? _takenOverAt;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly List<(long Offset, TaskCompletionSource Met)> _waiting = [];
    private readonly SemaphoreSlim _writing = new(1);
    private volatile SchemaState _state = SchemaState.Empty;
    private long _nextOffset;

    /// <summary>Where the topic ends as long as nobody wrote since this registry did: behind its last record and the mark of its transaction. The reader knows of the
    /// mark only when it is told that nothing follows, which takes a whole wait of its fetch.</summary>
    private long _ownEnd = -1;
    private bool _isLastWriter;
    private SchemaStoreException? _broken;
    private Task _reading = Task.CompletedTask;

    private SchemaTopic(RegistryServerOptions options, TimeProvider time, ILogger logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _partition = new TopicPartition(options.Topic, 0);
        _writer = new SchemaWriter(options, logger);
        // Of two registries that start together, one must pause longer than the other.
        _pauses = new Random(HashCode.Combine(Environment.ProcessId, RuntimeHelpers.GetHashCode(this)));
        _ends = new AdminClientBuilder(new AdminClientConfig(options.ToClientConfig()) { ReconnectBackoffMaxMs = RegistryServerOptions.ReconnectMaxMs })
            .SetLogHandler((_, line) => _logger.Client(line.Message)).Build();
    }

    /// <summary>Everything read so far.</summary>
    public SchemaState State => _state;

    /// <summary>Creates the topic where it is missing, and returns once everything in it has been read.</summary>
    public static async Task<SchemaTopic> OpenAsync(
        RegistryServerOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var definition = new TopicDefinition(options.Topic, 1, new Dictionary<string, string> { ["cleanup.policy"] = "compact" });
        var provisioner = new TopicProvisioner(
            Options.Create(options.ToKafkaOptions()),
            Options.Create(new TopicsOptions { ReplicationFactor = options.ReplicationFactor }),
            time,
            loggers.CreateLogger<TopicProvisioner>());
        await provisioner.EnsureAsync([definition], cancellationToken);

        var topic = new SchemaTopic(options, time, loggers.CreateLogger<SchemaTopic>());
        // A thread of its own: Confluent.Kafka's consumer blocks the one that it is asked from.
        topic._reading = Task.Factory.StartNew(topic.Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await topic._caughtUp.Task.WaitAsync(cancellationToken);
        }
        catch
        {
            await topic.DisposeAsync();
            throw;
        }
        return topic;
    }

    /// <summary>Returns once <see cref="State"/> shows everything that stands in the topic now.</summary>
    /// <exception cref="SchemaStoreException">The topic's end could not be learnt, or not be reached, in time.</exception>
    public async Task CatchUpAsync(TimeSpan patience)
    {
        try
        {
            var asked = new TopicPartitionOffsetSpec { TopicPartition = _partition, OffsetSpec = OffsetSpec.Latest() };
            var ends = await _ends.ListOffsetsAsync([asked], new ListOffsetsOptions { RequestTimeout = patience, IsolationLevel = IsolationLevel.ReadCommitted });
            var end = ends.ResultInfos.Single().TopicPartitionOffsetError.Offset.Value;
            await MeetAsync(end == Volatile.Read(ref _ownEnd) ? end - 2 : end - 1).WaitAsync(patience, _time);
        }
        catch (KafkaException cause)
        {
            throw new SchemaStoreException($"{_partition} does not say where it ends: {cause.Error.Reason}", cause);
        }
        catch (TimeoutException cause)
        {
            throw new SchemaStoreException($"{_partition} was not read to its end within {patience.TotalSeconds:0.#} s.", cause);
        }
    }

    /// <summary>Has somebody answer from <see cref="State"/>; where it knows no such thing, once more after a look into the topic: another registry may have written it just now.</summary>
    public async Task ReadAsync(Func<SchemaState, Task> answer)
    {
        try
        {
            await answer(State);
            return;
        }
        catch (ApiError unknown) when (unknown.Status == StatusCodes.Status404NotFound)
        {
            try
            {
                await CatchUpAsync(SecondLookMax);
            }
            catch (SchemaStoreException)
            {
                // Without the broker, what was read so far is what there is to tell.
                throw unknown;
            }
        }
        await answer(State);
    }

    /// <summary>Decides on the newest state, appends what follows, and returns the answer once <see cref="State"/> shows it. One at a time.</summary>
    /// <param name="decide">May be asked several times: another registry may have written meanwhile.</param>
    /// <exception cref="SchemaStoreException">The records could not be written, or not be read back, in time.</exception>
    public async Task<T> WriteAsync<T>(Func<SchemaState, Decision<T>> decide, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var began = _time.GetTimestamp();
            while (true)
            {
                var decision = await DecideAsync(decide);
                if (decision.Records.Count == 0)
                    return decision.Answer;
                _isLastWriter = false;
                // Not cancelled from here on when the caller goes away: what is half written is undone, but what is written must be answered from.
                if (await _writer.TryAppendAsync(decision.Records) is { } last)
                {
                    await ReadBackAsync(last);
                    Volatile.Write(ref _ownEnd, last + 2);
                    _isLastWriter = true;
                    return decision.Answer;
                }
                if (_time.GetElapsedTime(began) > _options.WriteTimeout)
                    throw new SchemaStoreException($"{_partition}: other registries wrote all the time for {_options.WriteTimeout.TotalSeconds:0.#} s. Nothing was written; ask again.");
                if (_takenOverAt is { } at && _time.GetElapsedTime(at) < ContendedFor)
                    await Task.Delay(TimeSpan.FromMilliseconds(_pauses.Next(Pause.Min, Pause.Max)), _time, cancellationToken);
                await _writer.TakeOverAsync();
                _takenOverAt = _time.GetTimestamp();
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    // Who wrote last, and has read it, need not look whether somebody else wrote since: the cluster would take nothing of this one any more.
    // Where nothing is to be written, or the request is refused, there is nothing that the cluster could refuse: then one looks.
    private async Task<Decision<T>> DecideAsync<T>(Func<SchemaState, Decision<T>> decide)
    {
        if (_isLastWriter)
        {
            try
            {
                if (decide(State) is { Records.Count: > 0 } decision)
                    return decision;
            }
            catch (ApiError)
            {
                // What another registry wrote may allow it.
            }
        }

        await CatchUpAsync(_options.WriteTimeout);
        return decide(State);
    }

    private async Task ReadBackAsync(long offset)
    {
        try
        {
            await MeetAsync(offset).WaitAsync(_options.WriteTimeout, _time);
        }
        catch (TimeoutException cause)
        {
            throw new SchemaStoreException($"{_partition}: the write was not read back within {_options.WriteTimeout.TotalSeconds:0.#} s.", cause);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _reading;
        _writer.Dispose();
        _ends.Dispose();
        _stopping.Dispose();
        _writing.Dispose();
    }

    private Task MeetAsync(long offset)
    {
        lock (_lock)
        {
            if (_broken is not null)
                return Task.FromException(_broken);
            if (_nextOffset > offset)
                return Task.CompletedTask;
            var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((offset, met));
            return met.Task;
        }
    }

    private void Read()
    {
        try
        {
            using var consumer = new ConsumerBuilder<byte[], byte[]?>(new ConsumerConfig(_options.ToClientConfig())
            {
                // Never joined: the partition is assigned by hand, but the client asks for a name.
                GroupId = $"{_options.Topic}-reader",
                EnableAutoCommit = false,
                EnablePartitionEof = true,
                AutoOffsetReset = AutoOffsetReset.Error,
                AllowAutoCreateTopics = false,
                IsolationLevel = IsolationLevel.ReadCommitted,
                // So long it takes to know that nothing follows what another registry wrote.
                FetchWaitMaxMs = 50,
                ReconnectBackoffMaxMs = RegistryServerOptions.ReconnectMaxMs,
            }).SetLogHandler((_, line) => _logger.Client(line.Message)).Build();
            consumer.Assign(new TopicPartitionOffset(_partition, Offset.Beginning));
            while (true)
                Take(consumer.Consume(_stopping.Token));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            Break(new SchemaStoreException("The registry is stopping."));
        }
        catch (KafkaException cause)
        {
            _logger.ReaderFailed(cause, _partition.Topic, _nextOffset);
            Break(new SchemaStoreException($"{_partition}@{_nextOffset} cannot be read any more: {cause.Error.Reason}. Restart the registry once the topic is well.", cause));
        }
    }

    private void Take(ConsumeResult<byte[], byte[]?> read)
    {
        if (read.IsPartitionEOF)
        {
            // Behind the last record stand the marks of its transaction, which nobody is handed.
            Advance(read.Offset.Value);
            _caughtUp.TrySetResult();
            return;
        }
        if (StoreRecordCodec.TryDecode(read.Message.Key, read.Message.Value, out var record, out var why))
            _state = _state.Apply(Dated(record, read.Message.Timestamp));
        else if (why is not null)
            _logger.RecordIgnored(read.TopicPartitionOffset.ToString(), why);
        Advance(read.Offset.Value + 1);
    }

    private static StoreRecord Dated(StoreRecord record, Timestamp written) =>
        record is SchemaRecord { Schema: { } schema } version ? version with { Schema = schema with { WrittenAtMs = written.UnixTimestampMs } } : record;

    private void Advance(long nextOffset)
    {
        lock (_lock)
        {
            _nextOffset = nextOffset;
            foreach (var (_, met) in _waiting.Where(waiting => waiting.Offset < nextOffset))
                met.TrySetResult();
            _waiting.RemoveAll(waiting => waiting.Offset < nextOffset);
        }
    }

    private void Break(SchemaStoreException cause)
    {
        lock (_lock)
        {
            _broken = cause;
            foreach (var (_, met) in _waiting)
                met.TrySetException(cause);
            _waiting.Clear();
        }
        _caughtUp.TrySetException(cause);
    }
}
