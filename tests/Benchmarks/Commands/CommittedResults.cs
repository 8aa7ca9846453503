using System.Diagnostics;
using Confluent.Kafka;
using Streaming.Contracts.Topics;

namespace Streaming.Benchmarks.Commands;

/// <summary>How fast results become readable.</summary>
internal static class CommittedResults
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    /// <returns>Results per second, without the first tenth.</returns>
    /// <exception cref="TimeoutException">One did not come within 5 minutes.</exception>
    public static double Await(string bootstrapServers, TopicDefinition results, int commandCount)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers, GroupId = results.Name + "-bench", EnableAutoCommit = false,
            IsolationLevel = IsolationLevel.ReadCommitted, FetchWaitMaxMs = 20, ConsumeResultFields = "none",
        }).Build();
        consumer.Assign(Enumerable.Range(0, results.PartitionCount).Select(partition => new TopicPartitionOffset(results.Name, partition, Offset.Beginning)));

        var started = 0L;
        var before = 0;
        for (var received = 0; received < commandCount; received++)
        {
            if (consumer.Consume(Deadline) is null)
                throw new TimeoutException($"Result {received} of {commandCount} did not come.");

            // The first tenth warms the new process up: code is compiled, partitions are taken over one after another.
            if (received == commandCount / 10)
                (started, before) = (Stopwatch.GetTimestamp(), received);
        }

        return (commandCount - before) / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
