using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Commands.Writing;

namespace Streaming.Commands.Routing;

/// <summary>The router's one producer, under a transactional id that stands for one of its partitions: its anchor.</summary>
/// <remarks>
/// What fences a router is the group's generation (KIP-447), whatever its producer is called. The name is for its successor: whoever gets a partition
/// initialises that partition's id once, and so ends at once what a router that died left open under it, instead of waiting for a time-out.
/// A router that gives its anchor away, or was fenced, stops using the id; without an anchor it writes under an id of its own.
/// Used by the router's thread alone, never with a transaction open while partitions come or go.
/// </remarks>
internal sealed class AnchoredWriter(RouterClients clients, RouterOptions options, TimeProvider time, ILogger logger)
{
    // An initialisation is nearly all waiting, about 0.2 s: as many side by side take as long as one. Each has a thread, as librdkafka's call blocks.
    private const int AtOnce = 32;

    private readonly HashSet<TopicPartition> _owned = [];
    private readonly List<TopicPartition> _new = [];
    private TopicPartition? _anchor;
    private TransactionWriter? _writer;
    private bool _isFenced;

    public void Assigned(IReadOnlyCollection<TopicPartition> partitions)
    {
        _owned.UnionWith(partitions);
        _new.AddRange(partitions);
        _isFenced = false;      // The group has just said that we are a member.
    }

    public void Released(TopicPartition partition)
    {
        _owned.Remove(partition);
        _new.Remove(partition);
        if (partition == _anchor)
            End();
    }

    /// <summary>Ends what others left open under the ids of partitions that are ours since the last time.</summary>
    public void TakeOver(CancellationToken stopping)
    {
        if (_new.Count == 0)
            return;
        var started = time.GetTimestamp();
        foreach (var some in _new.Chunk(AtOnce))
            Task.WhenAll(some.Select(partition => Task.Factory.StartNew(() => TakeOver(partition, stopping), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)))
                .GetAwaiter().GetResult();

        logger.RouterTookOver(clients.Group, _new.Count, (long)time.GetElapsedTime(started).TotalMilliseconds);
        _new.Clear();
    }

    public TransactionWriter Current(CancellationToken stopping)
    {
        if (_writer is not null)
            return _writer;
        // Whoever was fenced may only believe that the partition is still its own: under the partition's id it would fence the one whose it is.
        var anchor = _isFenced || _owned.Count == 0 ? (TopicPartition?)null : First(_owned);
        _writer = Initialized(clients.TransactionalProducer(anchor is { } of ? clients.IdOf(of) : clients.OwnId()), stopping);
        _anchor = anchor;
        if (anchor is { } taken)
            _new.Remove(taken);     // Initialised just now, and ours: once more would fence ourselves.
        return _writer;
    }

    /// <summary>The producer can write no more: a successor has fenced it, or the cluster has ended its transaction because it took too long.</summary>
    public void Fenced()
    {
        End();
        _isFenced = true;
    }

    /// <summary>The router leaves the group.</summary>
    public void Leave()
    {
        End();
        _owned.Clear();
        _new.Clear();
    }

    private void TakeOver(TopicPartition partition, CancellationToken stopping)
    {
        using var ending = Initialized(clients.EndingProducer(clients.IdOf(partition)), stopping);
    }

    private static TopicPartition First(IEnumerable<TopicPartition> owned) => owned.OrderBy(partition => partition.Topic, StringComparer.Ordinal).ThenBy(partition => partition.Partition.Value).First();

    private void End()
    {
        _writer?.Dispose();
        (_writer, _anchor) = (null, null);
    }

    private TransactionWriter Initialized(IProducer<byte[], byte[]> producer, CancellationToken stopping)
    {
        var writer = new TransactionWriter(producer, clients.Group, TimeSpan.FromMilliseconds(options.TransactionTimeoutMs), logger);
        try
        {
            writer.TakeOver(stopping);
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }
}
