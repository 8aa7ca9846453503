using System.Diagnostics;
using Confluent.Kafka;
using Streaming.Fixtures;

namespace Streaming.Benchmarks.Brokers;

/// <summary>A broker under load, in a process of its own that can be looked into.</summary>
internal sealed class MeasuredBroker(string name, string bootstrapServers, int processId, IAsyncDisposable owner) : IAsyncDisposable
{
    public string Name => name;

    public string BootstrapServers => bootstrapServers;

    public static async Task<MeasuredBroker> EmbeddedAsync()
    {
        var broker = await BrokerProcess.StartAsync();
        return new MeasuredBroker("embedded broker", broker.BootstrapServers, broker.ProcessId, broker);
    }

    public static async Task<MeasuredBroker> ApacheKafkaAsync()
    {
        var kafka = await PrivateKafka.StartAsync();
        return new MeasuredBroker("Apache Kafka", kafka.BootstrapServers, kafka.ProcessId, kafka);
    }

    /// <summary>What it has used of the processors so far.</summary>
    public TimeSpan ProcessorTime()
    {
        using var process = Process.GetProcessById(processId);
        return process.TotalProcessorTime;
    }

    /// <summary>What it takes of memory now, in MiB.</summary>
    public double MemoryMb() => ProcessMemory.OfMb(processId);

    public async Task<string> CreateTopicAsync(int partitions)
    {
        var topic = SomeNames.Name("bench");
        await NewTopic.CreateAsync(bootstrapServers, topic, partitions);
        return topic;
    }

    public async Task DeleteTopicAsync(string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build();
        await admin.DeleteTopicsAsync([topic]);
    }

    public ValueTask DisposeAsync() => owner.DisposeAsync();
}
