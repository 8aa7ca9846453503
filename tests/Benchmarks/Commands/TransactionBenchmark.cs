using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Fixtures;

namespace Streaming.Benchmarks.Commands;

/// <summary>What a transaction costs, by how many records it has: two topics and a group's offset in each, as the command processor writes them.</summary>
internal static class TransactionBenchmark
{
    private static readonly int[] Sizes = [1, 10, 100, 1_000];
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(3);
    private static readonly byte[] Value = new byte[120];

    public static async Task RunAsync()
    {
        await using var embedded = await BrokerProcess.StartAsync();
        await MeasureAsync("embedded broker", embedded.BootstrapServers);
        if (RealServers.Has(RealServer.Kafka))
            await MeasureAsync("Apache Kafka", await RealServers.KafkaAsync());
    }

    private static async Task MeasureAsync(string name, string bootstrapServers)
    {
        var (events, results, group) = (SomeNames.Name("events"), SomeNames.Name("results"), SomeNames.Name("group"));
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build())
            await admin.CreateTopicsAsync(new[] { events, results }.Select(topic => new TopicSpecification { Name = topic, NumPartitions = 1, ReplicationFactor = 1 }));
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = group }).Build();
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers, TransactionalId = group, LingerMs = 1, RetryBackoffMs = 5, EnableDeliveryReports = true, DeliveryReportFields = "none", BatchNumMessages = 10_000,
        }).Build();
        producer.InitTransactions(Timeout);
        foreach (var size in Sizes)
        {
            var times = new List<double>();
            var started = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(started) < Measured)
            {
                var begun = Stopwatch.GetTimestamp();
                producer.BeginTransaction();
                for (var i = 0; i < size; i++)
                {
                    producer.Produce(new TopicPartition(events, 0), new Message<Null, byte[]> { Value = Value });
                    producer.Produce(new TopicPartition(results, 0), new Message<Null, byte[]> { Value = Value });
                }
                producer.SendOffsetsToTransaction([new TopicPartitionOffset(events, 0, times.Count)], consumer.ConsumerGroupMetadata, Timeout);
                producer.CommitTransaction(Timeout);
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            var median = Medians.Of(times);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-18} {size,5} commands a transaction: p50 {median,6:F2} ms, p99 {Medians.Quantile(times, 0.99),6:F2} ms, {median * 1_000 / size,8:F1} µs a command"));
        }
    }
}
