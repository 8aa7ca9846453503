using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Streaming.Hosting.Kafka;

namespace Streaming.CommandHost.Sending;

/// <summary>The client that all contexts' commands are sent by: one connection per broker serves them all.</summary>
internal sealed class CommandProducer(IOptions<KafkaOptions> kafka, ILogger<CommandProducer> logger) : IDisposable
{
    public IProducer<byte[], byte[]> Client { get; } = new ProducerBuilder<byte[], byte[]>(
        new ProducerConfig(kafka.Value.ToClientConfig())
        {
            EnableIdempotence = true,
            Acks = Acks.All,
            LingerMs = 0,               // Each caller waits for its own command.
            MessageTimeoutMs = 10_000,
        })
        .SetLogHandler((_, message) => logger.ResultsTroubled("commands", message.Message))
        .SetErrorHandler((_, error) => logger.ResultsTroubled("commands", error.Reason))
        .Build();

    public void Dispose() => Client.Dispose();
}
