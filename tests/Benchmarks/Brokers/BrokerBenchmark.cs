using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Fixtures;

namespace Streaming.Benchmarks.Brokers;

/// <summary>The embedded broker against Apache Kafka: the same producer and consumer of Confluent.Kafka, by turns, each broker in a process of its own.</summary>
internal static class BrokerBenchmark
{
    private const int RecordBytes = 200;
    private const int PartitionCount = 6;
    private const int RoundCount = 3;

    /// <param name="recordCount">Per round and broker.</param>
    public static async Task RunAsync(int recordCount)
    {
        await using var embedded = await BrokerProcess.StartAsync();
        var brokers = new List<(string Name, string BootstrapServers)> { ("embedded broker", embedded.BootstrapServers) };
        if (RealServers.Has(RealServer.Kafka))
            brokers.Add(("Apache Kafka", await RealServers.KafkaAsync()));

        var produced = brokers.ToDictionary(broker => broker.Name, _ => new List<double>());
        var consumed = brokers.ToDictionary(broker => broker.Name, _ => new List<double>());
        for (var round = 0; round < RoundCount; round++)
        {
            foreach (var (name, bootstrapServers) in brokers)
            {
                var topic = SomeNames.Name("bench");
                await CreateTopicAsync(bootstrapServers, topic);
                produced[name].Add(recordCount / Load.Produce(bootstrapServers, topic, recordCount, RecordBytes).TotalSeconds);
                consumed[name].Add(recordCount / Load.Consume(bootstrapServers, topic, PartitionCount, recordCount).TotalSeconds);
                await DeleteTopicAsync(bootstrapServers, topic);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\n{recordCount:N0} records of {RecordBytes} bytes, {PartitionCount} partitions, idempotent, acks=all; medians of {RoundCount}"));
        Print("produce, records/s", produced);
        Print("consume, records/s", consumed);
    }

    private static async Task CreateTopicAsync(string bootstrapServers, string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = PartitionCount, ReplicationFactor = -1 }]);
    }

    private static async Task DeleteTopicAsync(string bootstrapServers, string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build();
        await admin.DeleteTopicsAsync([topic]);
    }

    private static void Print(string title, Dictionary<string, List<double>> rates)
    {
        var reference = Medians.Of(rates.Values.Last());
        foreach (var (name, values) in rates)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title,-22} {name,-18} {Medians.Of(values),12:N0}  ratio {Medians.Of(values) / reference:F2}"));
    }
}
