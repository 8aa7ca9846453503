using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Streaming.Fixtures;

namespace Streaming.Benchmarks.Brokers;

/// <summary>From the start of a broker's process, on an empty folder, to the first answer that a client gets from it; and what it takes of memory at rest.</summary>
internal static class StartBenchmark
{
    private const int RoundCount = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    public static async Task RunAsync()
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nstart, and memory {Rest.TotalSeconds} s later; medians of {RoundCount}"));
        await MeasureAsync(MeasuredBroker.EmbeddedAsync);
        if (RealServers.Has(RealServer.PrivateKafka))
            await MeasureAsync(MeasuredBroker.ApacheKafkaAsync);
    }

    private static async Task MeasureAsync(Func<Task<MeasuredBroker>> startAsync)
    {
        var (seconds, memory, name) = (new List<double>(), new List<double>(), "");
        for (var round = 0; round < RoundCount; round++)
        {
            var started = Stopwatch.GetTimestamp();
            await using var broker = await startAsync();
            using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build())
                admin.GetMetadata(Patience);
            seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            await Task.Delay(Rest, TimeProvider.System);
            memory.Add(broker.MemoryMb());
            name = broker.Name;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-18} {Medians.Of(seconds),6:F2} s  {Medians.Of(memory),6:F0} MiB"));
    }
}
