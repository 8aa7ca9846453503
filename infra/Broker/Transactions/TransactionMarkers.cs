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
        foreach (var partition in partitions)
        {
            if (!TryMark(partition, producer, isCommit))
                return false;
        }

        if (partitions.Any(partition => partition.Topic == InternalTopics.ConsumerOffsets))
            Listener?.Ended(producer, isCommit);
        return true;
    }

    private bool TryMark(TopicPartition partition, ProducerStamp producer, bool isCommit)
    {
        // A topic deleted meanwhile needs no marker.
        if (topics.Find(partition) is not { } log)
            return true;
        // Fenced there by a newer producer, whose initialisation ended this transaction too.
        return log.AppendMarker(producer, isCommit, CoordinatorEpoch) is ErrorCode.None or ErrorCode.InvalidProducerEpoch;
    }
}
