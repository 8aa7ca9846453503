using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Streaming.Commands.Writing;

/// <summary>Producers for a <see cref="TransactionWriter"/>: what its promises rest on is set here, over whatever the configuration says.</summary>
internal static class TransactionalProducers
{
    public static ProducerConfig Config(ClientConfig kafka, string transactionalId, int transactionTimeoutMs) => new(kafka)
    {
        TransactionalId = transactionalId,
        TransactionTimeoutMs = transactionTimeoutMs,
        // librdkafka's own limit has to be lower than the transaction's.
        MessageTimeoutMs = transactionTimeoutMs * 9 / 10,
        EnableIdempotence = true,
        // Nobody reads them: the commit flushes and fails when any record failed. But librdkafka, which waits there for all records to be
        // acknowledged, is woken by nothing else, and looks every 10 ms otherwise: a transaction of one command takes 3 ms instead of 12.
        EnableDeliveryReports = true,
        DeliveryReportFields = "none",
        LingerMs = 1,
        // While the markers of the transaction before are still being written, librdkafka waits this long before it asks again.
        // Its default of 100 makes each small transaction take 107 ms on Kafka 4.2.
        RetryBackoffMs = 5,
    };

    /// <param name="name">Whose producer it is, in the log.</param>
    public static IProducer<byte[], byte[]> Build(ProducerConfig config, string name, ILogger logger) => new ProducerBuilder<byte[], byte[]>(config)
        .SetLogHandler((_, message) => logger.ConsumerTroubled(name, message.Message))
        .SetErrorHandler((_, error) => logger.ConsumerTroubled(name, error.Reason))
        .Build();
}
