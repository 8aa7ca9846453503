using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Streaming.Broker;
using Streaming.Fixtures;

namespace Streaming.Benchmarks.Brokers;

/// <summary>One pass of log compaction over a topic in which every key was written several times, in this process, without a limit on its pace.</summary>
internal static class CompactionBenchmark
{
    private const int RecordBytes = 200;
    private const int RecordsPerKey = 10;
    private const int RoundCount = 3;

    /// <param name="recordCount">Per round and codec.</param>
    public static async Task RunAsync(int recordCount)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\n{recordCount:N0} records of {RecordBytes} bytes, {RecordsPerKey} of each key; medians of {RoundCount}"));
        foreach (var codec in new[] { CompressionType.None, CompressionType.Lz4, CompressionType.Zstd, CompressionType.Snappy, CompressionType.Gzip })
        {
            var rates = new List<double>();
            for (var round = 0; round < RoundCount; round++)
                rates.Add(recordCount / (await CompactAsync(recordCount, codec)).TotalSeconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"compaction, records/s  {codec,-8} {Medians.Of(rates),12:N0}"));
        }
    }

    private static async Task<TimeSpan> CompactAsync(int recordCount, CompressionType codec)
    {
        using var folder = new TempFolder("compaction");
        await using var broker = await EmbeddedBroker.StartAsync(
            new BrokerOptions { DataDirectory = folder.Path, Compaction = { IsEnabled = false, BytesPerSecondMax = 0 } });
        var topic = SomeNames.Name("compaction");
        await NewTopic.CreateAsync(broker.BootstrapServers, topic, configs: new() { ["cleanup.policy"] = "compact", ["segment.bytes"] = "16000000" });
        Produce(broker.BootstrapServers, topic, recordCount, codec);
        var log = new DirectoryInfo(Path.Combine(folder.Path, "logs", $"{topic}-0"));
        var before = SizeBytes(log);
        var start = Stopwatch.GetTimestamp();
        await broker.CompactAsync();
        var elapsed = Stopwatch.GetElapsedTime(start);
        return SizeBytes(log) < before ? elapsed : throw new InvalidOperationException($"{topic} was not compacted.");
    }

    private static long SizeBytes(DirectoryInfo folder) => folder.GetFiles("*.log").Sum(file => file.Length);

    // Values repeat in themselves as JSON does, so that codecs have something to find.
    private static void Produce(string bootstrapServers, string topic, int recordCount, CompressionType codec)
    {
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            CompressionType = codec,
            EnableIdempotence = true,
            LingerMs = 5,
            QueueBufferingMaxMessages = recordCount + 1,
            QueueBufferingMaxKbytes = 2_000_000,
        }).Build();
        var value = new byte[RecordBytes];
        for (var i = 0; i < recordCount; i++)
        {
            value.AsSpan().Fill((byte)'x');
            new Random(i).NextBytes(value.AsSpan(0, RecordBytes / 4));
            producer.Produce(topic, new Message<string, byte[]> { Key = $"aggregate-{i % (recordCount / RecordsPerKey)}", Value = value.AsSpan().ToArray() });
        }

        producer.Flush(TimeSpan.FromMinutes(2));
    }
}
