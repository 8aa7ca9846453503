using System.Diagnostics;
using Confluent.Kafka;
using Streaming.Contracts.Topics;

namespace Streaming.Benchmarks.Commands;

/// <summary>Counts results as they become readable.</summary>
internal sealed class CommittedResults : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    private readonly IConsumer<Ignore, Ignore> _consumer;

    public CommittedResults(string bootstrapServers, TopicDefinition results)
    {
        _consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers, GroupId = results.Name + "-bench", EnableAutoCommit = false,
            IsolationLevel = IsolationLevel.ReadCommitted, FetchWaitMaxMs = 20, ConsumeResultFields = "none",
        }).Build();
        _consumer.Assign(Enumerable.Range(0, results.PartitionCount).Select(partition => new TopicPartitionOffset(results.Name, partition, Offset.Beginning)));
    }

    /// <returns>Time from this call to the last of so many.</returns>
    /// <exception cref="TimeoutException">One did not come within 5 minutes.</exception>
    public TimeSpan Await(int count)
    {
        var started = Stopwatch.GetTimestamp();
        for (var received = 0; received < count; received++)
        {
            if (_consumer.Consume(Deadline) is null)
                throw new TimeoutException($"Result {received} of {count} did not come.");
        }

        return Stopwatch.GetElapsedTime(started);
    }

    public void Dispose() => _consumer.Dispose();
}
