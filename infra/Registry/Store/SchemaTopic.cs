using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streaming.Contracts.Topics;
using Streaming.Hosting.Kafka;

namespace Streaming.Registry.Store;

/// <summary>The registry's memory: a compacted topic of one partition, read from its beginning, and folded into <see cref="State"/>.</summary>
/// <remarks>
/// A write is done when the reader has met it again in the topic: what is answered has been stored, and <see cref="State"/> never runs ahead of it.
/// The reader alone changes the state; everyone may look.
/// </remarks>
internal sealed class SchemaTopic : IAsyncDisposable
{
    /// <summary>Longest pause between attempts to reach a broker that went away; the client's own default is ten times as long.</summary>
    private const int ReconnectMaxMs = 1_000;

    private readonly TopicPartition _partition;
    private readonly RegistryServerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IProducer<byte[], byte[]?> _producer;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly List<(long Offset, TaskCompletionSource Met)> _waiting = [];
    private readonly SemaphoreSlim _writing = new(1);
    private volatile SchemaState _state = SchemaState.Empty;
    private long _nextOffset;
    private SchemaStoreException? _broken;
    private Task _reading = Task.CompletedTask;

    private SchemaTopic(RegistryServerOptions options, TimeProvider time, ILogger logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _partition = new TopicPartition(options.Topic, 0);
        _producer = new ProducerBuilder<byte[], byte[]?>(new ProducerConfig
        {
            BootstrapServers = options.BootstrapServers,
            EnableIdempotence = true,
            LingerMs = 0,
            ReconnectBackoffMaxMs = ReconnectMaxMs,
            MessageTimeoutMs = (int)options.WriteTimeout.TotalMilliseconds,
        }).SetLogHandler((_, line) => _logger.Client(line.Message)).Build();
    }

    /// <summary>Everything read so far.</summary>
    public SchemaState State => _state;

    /// <summary>Creates the topic where it is missing, and returns once everything in it has been read.</summary>
    public static async Task<SchemaTopic> OpenAsync(
        RegistryServerOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var definition = new TopicDefinition(options.Topic, 1, new Dictionary<string, string> { ["cleanup.policy"] = "compact" });
        var provisioner = new TopicProvisioner(
            Options.Create(new KafkaOptions { BootstrapServers = options.BootstrapServers }),
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

    /// <summary>Decides on the present state, appends what follows, and returns the answer once <see cref="State"/> shows it. One at a time.</summary>
    /// <exception cref="SchemaStoreException">The records could not be written, or not be read back, in time.</exception>
    public async Task<T> WriteAsync<T>(Func<SchemaState, Decision<T>> decide, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var decision = decide(State);
            if (decision.Records.Count > 0)
                await AppendAsync(decision.Records);
            return decision.Answer;
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task AppendAsync(IReadOnlyList<StoreRecord> records)
    {
        // Not cancelled when the caller goes away: half of a deletion would be no deletion.
        try
        {
            var last = 0L;
            foreach (var (key, value) in records.Select(StoreRecordCodec.Encode))
                last = (await _producer.ProduceAsync(_partition, new Message<byte[], byte[]?> { Key = key, Value = value })).Offset.Value;
            await MeetAsync(last).WaitAsync(_options.WriteTimeout, _time);
        }
        catch (ProduceException<byte[], byte[]?> cause)
        {
            throw new SchemaStoreException($"{_partition} did not take the write: {cause.Error.Reason}", cause);
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
        _producer.Dispose();
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
            using var consumer = new ConsumerBuilder<byte[], byte[]?>(new ConsumerConfig
            {
                BootstrapServers = _options.BootstrapServers,
                // Never joined: the partition is assigned by hand, but the client asks for a name.
                GroupId = $"{_options.Topic}-reader",
                EnableAutoCommit = false,
                EnablePartitionEof = true,
                AutoOffsetReset = AutoOffsetReset.Error,
                AllowAutoCreateTopics = false,
                ReconnectBackoffMaxMs = ReconnectMaxMs,
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
            _caughtUp.TrySetResult();
            return;
        }
        if (StoreRecordCodec.TryDecode(read.Message.Key, read.Message.Value, out var record, out var why))
            _state = _state.Apply(record);
        else if (why is not null)
            _logger.RecordIgnored(read.TopicPartitionOffset.ToString(), why);
        Advance(read.Offset.Value + 1);
    }

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
