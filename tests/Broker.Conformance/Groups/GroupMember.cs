using System.Collections.Concurrent;
using Confluent.Kafka;

namespace Streaming.Broker.Conformance.Tests.Groups;

/// <summary>A consumer that polls on a thread of its own, and what the group told it.</summary>
internal sealed class GroupMember : IDisposable
{
    private readonly ConcurrentDictionary<TopicPartition, bool> _assigned = [];
    private readonly ConcurrentQueue<string> _events = [];
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread _polling;
    private readonly PartitionOwners _owners;
    private readonly bool _isIncremental;
    private bool _isGone;

    public GroupMember(ConsumerConfig config, string topic, PartitionOwners? owners = null)
    {
        _owners = owners ?? new PartitionOwners();
        _isIncremental = config.GroupProtocol == GroupProtocol.Consumer || config.PartitionAssignmentStrategy == PartitionAssignmentStrategy.CooperativeSticky;
        _consumer = new ConsumerBuilder<byte[], byte[]>(config)
            .SetLogHandler(Clients.Silent)
            .SetPartitionsAssignedHandler((_, partitions) => Assigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Revoked("revoked", partitions.Select(p => p.TopicPartition)))
            .SetPartitionsLostHandler((_, partitions) => Revoked("lost", partitions.Select(p => p.TopicPartition)))
            .Build();
        _consumer.Subscribe(topic);
        _polling = new Thread(Poll) { IsBackground = true };
        _polling.Start();
    }

    public IReadOnlyList<int> Partitions => [.. _assigned.Keys.Select(p => p.Partition.Value).Order()];

    /// <summary>Rebalance callbacks so far, in words.</summary>
    public IReadOnlyList<string> Events => [.. _events];

    public Error? FatalError { get; private set; }

    public IConsumerGroupMetadata Metadata => _consumer.ConsumerGroupMetadata;

    public void Commit(params TopicPartitionOffset[] offsets) => _consumer.Commit(offsets);

    /// <summary>Leaves the group with a good-bye, as far as its kind of membership says one.</summary>
    public void Close()
    {
        Stop();
        _consumer.Close();
        _consumer.Dispose();
    }

    /// <summary>Ends without a word, as a killed process does.</summary>
    public void Kill()
    {
        Stop();
        _consumer.Dispose();
    }

    public void Dispose()
    {
        // Good-bye is for members; who was fenced is none.
        if (!_isGone && FatalError is null)
            Close();
        else if (!_isGone)
            Kill();
        _stopping.Dispose();
    }

    private void Stop()
    {
        _isGone = true;
        _stopping.Cancel();
        _polling.Join();
    }

    private void Poll()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                _consumer.Consume(TimeSpan.FromMilliseconds(50));
            }
            catch (ConsumeException cause)
            {
                _events.Enqueue($"error {cause.Error.Code}");
                if (cause.Error.IsFatal)
                    FatalError = cause.Error;
            }
        }
    }

    private void Assigned(List<TopicPartition> partitions)
    {
        if (!_isIncremental)
            _assigned.Clear();
        foreach (var partition in partitions)
        {
            _assigned[partition] = true;
            _owners.Take(this, partition);
        }

        _events.Enqueue($"assigned {Text(partitions)}");
    }

    private void Revoked(string how, IEnumerable<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            _assigned.TryRemove(partition, out _);
            _owners.GiveUp(this, partition);
        }

        _events.Enqueue($"{how} {Text(partitions)}");
    }

    private static string Text(IEnumerable<TopicPartition> partitions) => string.Join(',', partitions.Select(p => p.Partition.Value).Order());
}
