using Streaming.Broker.Records;

namespace Streaming.Broker.Log.Compaction;

/// <summary>Follows the transactions through one walk over a log, from its beginning: which data was aborted, and which markers are still needed.</summary>
/// <remarks>A marker is needed while any batch of its transaction is in the log, an emptied one included: without it a recovery, or a reader of aborted
/// transactions, would take the next transaction of the producer for this one. The entry that tells readers of an aborted transaction
/// must go before its marker does, because the marker is what ends it for them.</remarks>
internal sealed class TransactionTrail
{
    private readonly Dictionary<long, Queue<AbortedTransaction>> _aborted = [];
    private readonly HashSet<long> _met = [];

    /// <param name="aborted">All aborted transactions of the log, in the order of their markers.</param>
    public TransactionTrail(IEnumerable<AbortedTransaction> aborted)
    {
        foreach (var transaction in aborted)
        {
            if (!_aborted.TryGetValue(transaction.ProducerId, out var ofProducer))
                _aborted.Add(transaction.ProducerId, ofProducer = []);
            ofProducer.Enqueue(transaction);
        }
    }

    /// <summary>The walk came to a data batch. True: its transaction was aborted.</summary>
    public bool Met(in BatchHeader data)
    {
        if (!data.IsTransactional)
            return false;
        _met.Add(data.ProducerId);
        return Current(data) is { } aborted && data.BaseOffset >= aborted.FirstOffset && data.LastOffset < aborted.LastOffset;
    }

    /// <summary>The walk came to a marker. Whether batches of its transaction were met, and its entry among the aborted ones if it has one.</summary>
    public (bool IsNeeded, AbortedTransaction? Aborted) Ended(in BatchHeader marker)
    {
        var isNeeded = _met.Remove(marker.ProducerId);
        return (isNeeded, Current(marker) is { } aborted && aborted.LastOffset == marker.BaseOffset ? aborted : null);
    }

    // The first transaction of the producer that does not end before this batch.
    private AbortedTransaction? Current(in BatchHeader batch)
    {
        if (!_aborted.TryGetValue(batch.ProducerId, out var transactions))
            return null;
        while (transactions.TryPeek(out var first) && first.LastOffset < batch.BaseOffset)
            transactions.Dequeue();
        return transactions.TryPeek(out var current) ? current : null;
    }
}
