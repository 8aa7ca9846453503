using Streaming.Broker.Log;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Transactions;

/// <summary>Carries out what was decided: the marker of a transaction's end in each of its partitions, then whoever held something back until then.</summary>
internal sealed class TransactionMarkers(TopicTable topics)
{
    private const int CoordinatorEpoch = 0;

    /// <summary>Who holds back offsets until a transaction ends; null at the start, before there is anybody.</summary>
    public ITransactionListener? Listener { get; set; }

    /// <summary>False when a partition could not be marked (a full disk). Written twice, markers do no harm.</summary>
    public bool TryWrite(IReadOnlySet<TopicPartition> partitions, ProducerStamp producer, bool isCommit)
    {
        var marked = new List<PartitionLog>();
        foreach (var partition in partitions)
        {
            // A topic deleted meanwhile needs no marker.
            if (topics.Find(partition) is not { } log)
                continue;
            if (!TryMark(log, producer, isCommit))
                return false;
            marked.Add(log);
        }

        if (!TryPersist(marked))
            return false;

        if (partitions.Any(partition => partition.Topic == InternalTopics.ConsumerOffsets))
            Listener?.Ended(producer, isCommit);
        return true;
    }

    // Fenced there by a newer producer, whose initialisation ended this transaction too.
    private static bool TryMark(PartitionLog log, ProducerStamp producer, bool isCommit) =>
        log.AppendMarker(producer, isCommit, CoordinatorEpoch) is ErrorCode.None or ErrorCode.InvalidProducerEpoch;

    // All flushes are under way before the first is waited for.
    private static bool TryPersist(List<PartitionLog> marked)
    {
        var persisting = marked.ConvertAll(log => log.PersistAsync().AsTask());
        return Task.WhenAll(persisting).GetAwaiter().GetResult().All(error => error == ErrorCode.None);
    }
}
