using System.Collections.Concurrent;
using Confluent.Kafka;
using Streaming.Hosting.Kafka;

namespace Streaming.Sinks.Reading;

/// <summary>Writes to a topic in transactions, by a producer for each key, whose transactional id names topic and key. Taking a key over ends what a
/// predecessor left open, and fences it (KIP-98): whatever it sends from then on is refused by the cluster, however late it arrives.</summary>
internal sealed class FencedProducers(KafkaOptions kafka, string topic) : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, IProducer<byte[]?, byte[]?>> _producers = new();

    /// <summary>From now on nobody who took the key earlier can write, and what they have committed is there to be read.</summary>
    /// <exception cref="KafkaException">The cluster did not answer.</exception>
    public async Task TakeAsync(string key, CancellationToken cancellationToken)
    {
        Release(key);
        var producer = QuietClients.Producer(SettingsOf(key));
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
    }

    /// <summary>Ends one's own right to write; the others' stay ended.</summary>
    public void Release(string key)
    {
        if (_producers.TryRemove(key, out var producer))
            producer.Dispose();
    }

    /// <summary>Writes all of them, or none, and returns when the cluster holds them safely.</summary>
    /// <exception cref="KafkaException">Somebody else has taken the key since, or the cluster did not answer, and may hold them all the same. The key has to be taken once more.</exception>
    public async Task WriteAsync(string key, IReadOnlyList<(TopicPartition Place, Message<byte[]?, byte[]?> Message)> messages, CancellationToken cancellationToken)
    {
        if (!_producers.TryGetValue(key, out var producer))
            throw new KafkaException(ErrorCode.Local_Fenced);
        try
        {
            await Blocking.RunAsync(() => Write(producer, messages), cancellationToken);
        }
        catch (KafkaException)
        {
            Release(key);
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var producer in _producers.Values)
            producer.Dispose();
    }

    private static void Write(IProducer<byte[]?, byte[]?> producer, IReadOnlyList<(TopicPartition Place, Message<byte[]?, byte[]?> Message)> messages)
    {
        producer.BeginTransaction();
        foreach (var (place, message) in messages)
            producer.Produce(place, message);
        producer.CommitTransaction(RequestTimeout);
    }

    private ProducerConfig SettingsOf(string key) => new(kafka.ToClientConfig())
    {
        TransactionalId = $"{topic}-{key}",
        TransactionTimeoutMs = 10_000,
        MessageTimeoutMs = 9_000,       // librdkafka's own limit has to be lower than the transaction's.
        EnableIdempotence = true,
        LingerMs = 0,
        RetryBackoffMs = 5,             // While the markers of the transaction before are being written; 100 ms by default.
    };
}
