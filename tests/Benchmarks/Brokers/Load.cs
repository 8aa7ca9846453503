using System.Diagnostics;
using Confluent.Kafka;

namespace Streaming.Benchmarks.Brokers;

/// <summary>As much as one Confluent.Kafka client can send and receive.</summary>
internal static class Load
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    /// <summary>From the first record handed over to the last one acknowledged.</summary>
    public static TimeSpan Produce(string bootstrapServers, string topic, Workload workload, int recordCount)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            EnableIdempotence = true,
            Acks = Acks.All,
            CompressionType = workload.Codec,
            LingerMs = 5,
            QueueBufferingMaxMessages = 1_000_000,
            QueueBufferingMaxKbytes = 1_048_576,
            EnableDeliveryReports = false,
        };
        Exception? failure = null;
        using var producer = new ProducerBuilder<byte[], byte[]>(config)
            .SetErrorHandler((_, error) => failure = error.IsFatal ? new KafkaException(error) : failure)
            .Build();
        var values = workload.Values();

        var started = Stopwatch.GetTimestamp();
        for (var number = 0; number < recordCount; number++)
        {
            var message = new Message<byte[], byte[]> { Key = BitConverter.GetBytes(number), Value = values[number % values.Length] };
            while (!TryProduce(producer, topic, message))
                producer.Poll(TimeSpan.FromMilliseconds(5));
        }

        if (producer.Flush(Deadline) > 0 || failure is not null)
            throw new InvalidOperationException("Not every record was acknowledged.", failure);
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>From the first record received to the last: joining takes no part.</summary>
    public static TimeSpan Consume(string bootstrapServers, string topic, int partitionCount, int recordCount)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = topic,
            EnableAutoCommit = false,
            FetchWaitMaxMs = 100,
            QueuedMaxMessagesKbytes = 131_072,
            // Whenever its queue is full librdkafka fetches nothing for a whole second by default, which then is what one measures.
            FetchQueueBackoffMs = 5,
        };
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).Build();
        consumer.Assign(Enumerable.Range(0, partitionCount).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));

        var started = 0L;
        for (var received = 0; received < recordCount; received++)
        {
            if (consumer.Consume(Deadline) is null)
                throw new TimeoutException($"Record {received} of {recordCount} did not come.");
            if (received == 0)
                started = Stopwatch.GetTimestamp();
        }

        return Stopwatch.GetElapsedTime(started);
    }

    private static bool TryProduce(IProducer<byte[], byte[]> producer, string topic, Message<byte[], byte[]> message)
    {
        try
        {
            producer.Produce(topic, message);
            return true;
        }
        catch (ProduceException<byte[], byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
        {
            return false;
        }
    }
}
