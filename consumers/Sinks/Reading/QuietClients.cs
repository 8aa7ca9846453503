using Confluent.Kafka;

namespace Streaming.Sinks.Reading;

/// <summary>Makes Kafka clients whose own log is left out: each failure reaches us as an exception, too.</summary>
internal static class QuietClients
{
    public static IConsumer<byte[]?, byte[]?> Consumer(ConsumerConfig config) => new ConsumerBuilder<byte[]?, byte[]?>(config).SetLogHandler((_, _) => { }).Build();

    public static IProducer<byte[]?, byte[]?> Producer(ProducerConfig config) => new ProducerBuilder<byte[]?, byte[]?>(config).SetLogHandler((_, _) => { }).Build();

    public static IAdminClient Admin(ClientConfig config) => new AdminClientBuilder(config).SetLogHandler((_, _) => { }).Build();
}
