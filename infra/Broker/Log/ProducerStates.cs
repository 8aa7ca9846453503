using Streaming.Broker.Records;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Log;

/// <summary>All producers that one partition remembers, and which of them have a transaction open. Under the lock of its log.</summary>
internal sealed class ProducerStates
{
    private readonly Dictionary<long, ProducerState> _producers = [];
    private readonly SortedDictionary<long, long> _openTransactions = []; // first offset → producer id

    public IReadOnlyCollection<ProducerState> All => _producers.Values;

    /// <summary>First offset of the oldest open transaction; null when none is open.</summary>
    public long? FirstOpenOffset
    {
        get
        {
            foreach (var (offset, _) in _openTransactions)
                return offset;
            return null;
        }
    }

    public ProducerState? Find(long producerId) => _producers.GetValueOrDefault(producerId);

    /// <summary>Decides whether a batch may follow. Duplicate: it is in the log already, and is answered with where.</summary>
    /// <param name="beginsAtZero">Whether an unknown producer must begin at sequence 0.</param>
    public (ErrorCode Error, WrittenBatch? Duplicate) Check(in BatchHeader header, bool beginsAtZero)
    {
        // Unknown, or forgotten by retention: any sequence begins anew.
        if (Find(header.ProducerId) is not { } producer)
            return (beginsAtZero && header.BaseSequence > 0 ? ErrorCode.OutOfOrderSequenceNumber : ErrorCode.None, null);
        if (header.ProducerEpoch < producer.Epoch)
            return (ErrorCode.InvalidProducerEpoch, null);
        if (producer.TransactionStart is not null && !header.IsTransactional)
            return (ErrorCode.InvalidTxnState, null);
        if (header.BaseSequence < 0)
            return (ErrorCode.None, null); // A coordinator's own record.
        if (header.ProducerEpoch > producer.Epoch)
            return (header.BaseSequence == 0 ? ErrorCode.None : ErrorCode.OutOfOrderSequenceNumber, null);
        if (producer.FindDuplicate(header) is { } duplicate)
            return (ErrorCode.None, duplicate);
        return (producer.IsNextSequence(header.BaseSequence) ? ErrorCode.None : ErrorCode.OutOfOrderSequenceNumber, null);
    }

    /// <summary>A data batch is in the log.</summary>
    public void Wrote(in BatchHeader header)
    {
        if (!header.HasProducer)
            return;
        var producer = GetOrAdd(header);
        var wasOpen = producer.TransactionStart is not null;
        producer.Wrote(header);
        if (!wasOpen && producer.TransactionStart is { } start)
            _openTransactions.Add(start, producer.ProducerId);
    }

    /// <summary>A marker is in the log. Returns where the transaction that it ended began; null when the producer had none open here.</summary>
    public long? Ended(in BatchHeader marker, int coordinatorEpoch)
    {
        var producer = GetOrAdd(marker);
        var start = producer.TransactionStart;
        producer.Ended(marker, coordinatorEpoch);
        if (start is { } open)
            _openTransactions.Remove(open);
        return start;
    }

    /// <summary>Forgets producers without an open transaction that wrote nothing since a time.</summary>
    public void ForgetIdle(long sinceMs)
    {
        foreach (var producer in _producers.Values.Where(p => p.TransactionStart is null && p.LastTimestampMs < sinceMs).ToList())
            _producers.Remove(producer.ProducerId);
    }

    /// <summary>Forgets producers without an open transaction, where they are more than a number: those that wrote longest ago, and a tenth more than
    /// needed, so that many new ones cost one look through all each time.</summary>
    public void Limit(int producersMax)
    {
        var excess = _producers.Count - _openTransactions.Count - producersMax;
        if (excess <= 0)
            return;
        var oldest = _producers.Values.Where(p => p.TransactionStart is null).OrderBy(p => p.LastOffset).Take(excess + (producersMax / 10));
        foreach (var producer in oldest.ToList())
            _producers.Remove(producer.ProducerId);
    }

    public void Clear()
    {
        _producers.Clear();
        _openTransactions.Clear();
    }

    internal void Restore(ProducerState producer)
    {
        _producers[producer.ProducerId] = producer;
        if (producer.TransactionStart is { } start)
            _openTransactions[start] = producer.ProducerId;
    }

    private ProducerState GetOrAdd(in BatchHeader header)
    {
        if (_producers.TryGetValue(header.ProducerId, out var known))
            return known;
        var added = new ProducerState(header.ProducerId, header.ProducerEpoch);
        _producers.Add(header.ProducerId, added);
        return added;
    }
}
