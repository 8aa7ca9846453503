using System.Collections.Concurrent;
using Confluent.Kafka;
using Streaming.LogChecker;

namespace Streaming.EndToEnd.Tests.WriteSide;

/// <summary>Somebody who reads a topic as it grows, committed records only: what it has seen once cannot be taken back.</summary>
internal sealed class CommittedReader : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<string> _ids = new();
    private readonly string? _source;
    private readonly Task _reading;

    /// <param name="source">Whose records (<c>ce_source</c>); null: everybody's.</param>
    public CommittedReader(string bootstrapServers, string topic, string? source = null)
    {
        _source = source;
        _reading = Task.Factory.StartNew(() => Read(bootstrapServers, topic), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The ids (<c>ce_id</c>) of all that it has seen.</summary>
    public IReadOnlyCollection<string> Ids => _ids;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _reading;
        _stopping.Dispose();
    }

    private void Read(string bootstrapServers, string topic)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = "unused",
            EnableAutoCommit = false,
            IsolationLevel = IsolationLevel.ReadCommitted,
        }).Build();
        consumer.Assign(Enumerable.Range(0, LogCheck.PartitionCount).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        while (!_stopping.IsCancellationRequested)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is { } record && (_source is null || record.Message.Headers.Text("ce_source") == _source))
                _ids.Enqueue(record.Message.Headers.Text("ce_id"));
        }
    }
}
