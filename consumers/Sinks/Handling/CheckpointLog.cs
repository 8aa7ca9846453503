using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Streaming.Hosting.Kafka;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Reading;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Handling;

/// <summary>Checkpoints on a compacted topic, <c>{sink}.checkpoints</c>, under <c>{topic}-{partition}</c>, as JSON.</summary>
/// <remarks>
/// Each partition's are written by a producer of its own, in transactions: taking a partition over initialises its transactional id, which ends what the
/// predecessor left open and fences it. So a host that wakes late cannot move a checkpoint, just as in a database (KIP-98).
/// </remarks>
internal sealed class CheckpointLog(KafkaOptions kafka, string topic, string group) : ICheckpointLog, IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private readonly LogReader _log = new(ConsumerSettings.OutsideGroups(kafka, group));
    private readonly ConcurrentDictionary<string, IProducer<string, byte[]>> _producers = new();

    public async Task<Checkpoint?> TakeAsync(SourcePartition source, CancellationToken cancellationToken)
    {
        var key = source.ToString();
        if (_producers.TryRemove(key, out var old))
            old.Dispose();
        var producer = Build(key);
        try
        {
            await Blocking.RunAsync(() => producer.InitTransactions(RequestTimeout), cancellationToken);
        }
        catch
        {
            producer.Dispose();
            throw;
        }

        _producers[key] = producer;
        var (records, _) = await _log.ReadAsync(new TopicPartition(topic, 0), fromOffset: 0, cancellationToken);
        var newest = records.LastOrDefault(record => record.Message.Key is { } bytes && Encoding.UTF8.GetString(bytes) == key);
        return newest is null ? null : JsonSerializer.Deserialize(newest.Message.Value, CheckpointJson.Default.Checkpoint);
    }

    public async Task WriteAsync(SourcePartition source, Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var key = source.ToString();
        if (!_producers.TryGetValue(key, out var producer))
            throw new FencedException(source, checkpoint.Fence);
        try
        {
            await Blocking.RunAsync(() => Write(producer, key, checkpoint), cancellationToken);
        }
        catch (KafkaException)
        {
            // Fenced, or in the middle of something: taking the partition over again settles what became of it, by a new producer.
            if (_producers.TryRemove(key, out var mine))
                mine.Dispose();
            throw new FencedException(source, checkpoint.Fence);
        }
    }

    public void Dispose()
    {
        foreach (var producer in _producers.Values)
            producer.Dispose();
        _log.Dispose();
    }

    private void Write(IProducer<string, byte[]> producer, string key, Checkpoint checkpoint)
    {
        producer.BeginTransaction();
        producer.Produce(topic, new() { Key = key, Value = JsonSerializer.SerializeToUtf8Bytes(checkpoint, CheckpointJson.Default.Checkpoint) });
        producer.CommitTransaction(RequestTimeout);
    }

    private IProducer<string, byte[]> Build(string key) => new ProducerBuilder<string, byte[]>(new ProducerConfig(kafka.ToClientConfig())
    {
        TransactionalId = $"{topic}-{key}",
        TransactionTimeoutMs = 10_000,
        MessageTimeoutMs = 9_000,       // librdkafka's own limit has to be lower than the transaction's.
        EnableIdempotence = true,
        LingerMs = 0,
        RetryBackoffMs = 5,             // While the markers of the transaction before are being written; 100 ms by default.
    }).SetLogHandler((_, _) => { /* Each failure reaches us as an exception, too. */ }).Build();
}
