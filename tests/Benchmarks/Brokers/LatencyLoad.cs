using System.Collections.Concurrent;
using System.Diagnostics;
using Confluent.Kafka;

namespace Streaming.Benchmarks.Brokers;

/// <summary>One producer at a fixed rate and one consumer, both in this process: how long a record is on its way.</summary>
internal static class LatencyLoad
{
    private const int FirstSecond = 1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <returns>From the moment that a record was due to be sent until the consumer had it, in ms, each but those of the first second, in which clients find their brokers.</returns>
    public static async Task<IReadOnlyCollection<double>> RunAsync(string bootstrapServers, string topic, int recordBytes, int perSecond, TimeSpan time)
    {
        var dues = new ConcurrentDictionary<int, long>();
        var latencies = new List<double>();
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = topic, EnableAutoCommit = false }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        var receiving = Task.Factory.StartNew(Receive, TaskCreationOptions.LongRunning);
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers, EnableIdempotence = true, LingerMs = 0, EnableDeliveryReports = false,
        }).Build();
        await OpenLoop.RunAsync(perSecond, time, (number, due) =>
        {
            dues[number] = due;
            var value = new byte[recordBytes];
            BitConverter.TryWriteBytes(value, number);
            producer.Produce(topic, new Message<Null, byte[]> { Value = value });
            return Task.CompletedTask;
        });
        await receiving;
        return latencies[(perSecond * FirstSecond)..];

        void Receive()
        {
            for (var count = (int)(perSecond * time.TotalSeconds); count > 0; count--)
            {
                var record = consumer.Consume(Patience) ?? throw new TimeoutException($"{count} records did not come.");
                latencies.Add(Stopwatch.GetElapsedTime(dues[BitConverter.ToInt32(record.Message.Value)]).TotalMilliseconds);
            }
        }
    }
}
