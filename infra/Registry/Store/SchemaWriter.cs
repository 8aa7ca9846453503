using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Streaming.Registry.Store;

/// <summary>Writes to the schemas topic in transactions under a name that all registries over the topic share: who takes it shuts out the one before.</summary>
/// <remarks>
/// The cluster commits nothing any more of a writer whose name another took, however late it wakes up. So who has taken the writing over, has read to the end
/// and can still commit, knows that nobody wrote in between. Not safe for use by several at once. Source: KIP-98, zombie fencing.
/// </remarks>
internal sealed class SchemaWriter(RegistryServerOptions options, ILogger logger) : IDisposable
{
    private readonly TopicPartition _partition = new(options.Topic, 0);
    private IProducer<byte[], byte[]?>? _producer;

    /// <summary>Takes the writing over. What others wrote before stands in the topic when this returns, or never will.</summary>
    /// <exception cref="SchemaStoreException">The cluster did not grant it in time.</exception>
    public async Task TakeOverAsync()
    {
        Lose();
        _producer = new ProducerBuilder<byte[], byte[]?>(new ProducerConfig(options.ToClientConfig())
        {
            TransactionalId = $"{options.Topic}-writer",
            TransactionTimeoutMs = (int)options.WriteTimeout.TotalMilliseconds,
            MessageTimeoutMs = (int)options.WriteTimeout.TotalMilliseconds,
            LingerMs = 0,
            ReconnectBackoffMaxMs = RegistryServerOptions.ReconnectMaxMs,
        }).SetLogHandler((_, line) => logger.Client(line.Message)).Build();
        try
        {
            // The client's transactional calls block.
            await Task.Run(() => _producer.InitTransactions(options.WriteTimeout));
        }
        catch (KafkaException cause)
        {
            Lose();
            if (!IsTaken(cause.Error))
                throw new SchemaStoreException($"{_partition} cannot be written to: {cause.Error.Reason}", cause);
        }
    }

    /// <summary>Appends all of the records or none.</summary>
    /// <returns>The offset of the last one; null when this is not, or no longer, the one who may write: then nothing was.</returns>
    /// <exception cref="SchemaStoreException">Whether they were written is not known.</exception>
    public async Task<long?> TryAppendAsync(IReadOnlyList<StoreRecord> records)
    {
        if (_producer is null)
            return null;
        try
        {
            return await Task.Run(() => AppendAsync(_producer, records));
        }
        catch (KafkaException cause)
        {
            Lose();
            return IsTaken(cause.Error) ? null : throw new SchemaStoreException($"{_partition} did not take the write: {cause.Error.Reason}", cause);
        }
    }

    public void Dispose() => Lose();

    private async Task<long?> AppendAsync(IProducer<byte[], byte[]?> producer, IReadOnlyList<StoreRecord> records)
    {
        producer.BeginTransaction();
        var sent = records.Select(StoreRecordCodec.Encode)
            .Select(record => producer.ProduceAsync(_partition, new Message<byte[], byte[]?> { Key = record.Key, Value = record.Value }))
            .ToList();
        // First, because it says why a write failed; the write itself says only that it was dropped.
        producer.CommitTransaction(options.WriteTimeout);
        return (await Task.WhenAll(sent))[^1].Offset.Value;
    }

    // The client says it in several ways, depending on which request is refused first.
    private static bool IsTaken(Error error) => error.Code is
        ErrorCode.Local_Fenced or ErrorCode.ProducerFenced or ErrorCode.InvalidProducerEpoch or ErrorCode.InvalidProducerIdMapping or ErrorCode.InvalidTxnState;

    private void Lose()
    {
        _producer?.Dispose();
        _producer = null;
    }
}
