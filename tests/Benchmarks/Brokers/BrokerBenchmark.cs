using System.Globalization;
using Confluent.Kafka;
using Streaming.Fixtures;

namespace Streaming.Benchmarks.Brokers;

/// <summary>The embedded broker against Apache Kafka: the same producer and consumer of Confluent.Kafka, by turns, each broker in a process of its own.</summary>
internal static class BrokerBenchmark
{
    private const int RoundCount = 3;
    private const int LatencyRecordBytes = 1_000;
    private static readonly int[] LatencyRates = [100, 2_000];
    private static readonly TimeSpan LatencyTime = TimeSpan.FromSeconds(10);

    private static readonly Workload[] Workloads =
    [
        .. from recordBytes in new[] { 100, 1_000 }
           from partitions in new[] { 1, 12 }
           from codec in new[] { CompressionType.None, CompressionType.Lz4 }
           select new Workload(recordBytes, partitions, codec),
    ];

    /// <param name="recordCount">Of 100 bytes, for each round and broker; of larger ones fewer.</param>
    public static async Task RunAsync(int recordCount)
    {
        var brokers = new List<MeasuredBroker> { await MeasuredBroker.EmbeddedAsync() };
        try
        {
            if (RealServers.Has(RealServer.PrivateKafka))
                brokers.Add(await MeasuredBroker.ApacheKafkaAsync());
            await WarmAsync(brokers, recordCount);
            PrintHead(recordCount);
            foreach (var workload in Workloads)
                await MeasureAsync(brokers, workload, workload.RecordBytes > 100 ? recordCount / 3 : recordCount);
            foreach (var perSecond in LatencyRates)
                await MeasureLatencyAsync(brokers, perSecond);
        }
        finally
        {
            foreach (var broker in brokers)
                await broker.DisposeAsync();
        }
    }

    private static async Task WarmAsync(List<MeasuredBroker> brokers, int recordCount)
    {
        foreach (var broker in brokers)
            await RunAsync(broker, new Workload(100, 6, CompressionType.None), recordCount);
    }

    private static async Task MeasureAsync(List<MeasuredBroker> brokers, Workload workload, int recordCount)
    {
        var runs = await ByTurnsAsync(brokers, broker => RunAsync(broker, workload, recordCount));
        for (var i = 0; i < brokers.Count; i++)
            Print($"{workload}", brokers[i].Name, runs[i], reference: runs[^1]);
    }

    private static async Task<Throughput> RunAsync(MeasuredBroker broker, Workload workload, int recordCount)
    {
        var topic = await broker.CreateTopicAsync(workload.Partitions);
        var before = broker.ProcessorTime();
        var produced = Load.Produce(broker.BootstrapServers, topic, workload, recordCount);
        var between = broker.ProcessorTime();
        var consumed = Load.Consume(broker.BootstrapServers, topic, workload.Partitions, recordCount);
        var after = broker.ProcessorTime();
        await broker.DeleteTopicAsync(topic);
        return new Throughput(
            recordCount / produced.TotalSeconds, (between - before).TotalMicroseconds / recordCount,
            recordCount / consumed.TotalSeconds, (after - between).TotalMicroseconds / recordCount);
    }

    private static async Task MeasureLatencyAsync(List<MeasuredBroker> brokers, int perSecond)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nproduced until consumed, {perSecond:N0} records of {LatencyRecordBytes} bytes a second, medians of {RoundCount}"));
        var rounds = await ByTurnsAsync(brokers, async broker =>
        {
            var topic = await broker.CreateTopicAsync(partitions: 1);
            var latencies = await LatencyLoad.RunAsync(broker.BootstrapServers, topic, LatencyRecordBytes, perSecond, LatencyTime);
            await broker.DeleteTopicAsync(topic);
            return latencies;
        });
        for (var i = 0; i < brokers.Count; i++)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{brokers[i].Name,-18} p50 {Medians.Of(rounds[i].Select(Medians.Of)),6:F2} ms  p99 {Medians.Of(rounds[i].Select(round => Medians.Quantile(round, 0.99))),6:F2} ms"));
        }
    }

    // Each broker's results, one for each round.
    private static async Task<List<List<T>>> ByTurnsAsync<T>(List<MeasuredBroker> brokers, Func<MeasuredBroker, Task<T>> measureAsync)
    {
        var results = brokers.Select(_ => new List<T>()).ToList();
        for (var round = 0; round < RoundCount; round++)
        {
            for (var i = 0; i < brokers.Count; i++)
                results[i].Add(await measureAsync(brokers[i]));
        }

        return results;
    }

    private static void PrintHead(int recordCount) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"\n{recordCount:N0} records of 100 bytes or {recordCount / 3:N0} of 1000, idempotent, acks=all; medians of {RoundCount}\n{"",-50} {"produce/s",10} {"ratio",6} {"µs CPU",7} {"consume/s",11} {"ratio",6} {"µs CPU",7}"));

    private static void Print(string workload, string name, List<Throughput> runs, List<Throughput> reference)
    {
        double Median(Func<Throughput, double> figure) => Medians.Of(runs.Select(figure));
        double Ratio(Func<Throughput, double> figure) => Median(figure) / Medians.Of(reference.Select(figure));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{workload,-30} {name,-18}  {Median(one => one.Produced),10:N0} {Ratio(one => one.Produced),6:F2} {Median(one => one.ProduceCpu),7:F2} {Median(one => one.Consumed),11:N0} {Ratio(one => one.Consumed),6:F2} {Median(one => one.ConsumeCpu),7:F2}"));
    }

    /// <summary>Records a second, and microseconds of a processor that the broker takes for each.</summary>
    private readonly record struct Throughput(double Produced, double ProduceCpu, double Consumed, double ConsumeCpu);
}
