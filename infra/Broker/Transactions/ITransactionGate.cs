using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Transactions;

/// <summary>Lets through what belongs to a producer's open transaction, for those who write in it beside the producer (offset commits).</summary>
internal interface ITransactionGate
{
    /// <summary>None when the producer's transaction is open and holds the partition; otherwise the error to answer
    /// (INVALID_PRODUCER_ID_MAPPING, INVALID_PRODUCER_EPOCH, INVALID_TXN_STATE, CONCURRENT_TRANSACTIONS).</summary>
    ErrorCode Verify(string transactionalId, ProducerStamp producer, TopicPartition partition);
}

/// <summary>Someone holding back what was written in a transaction until it ends: the group coordinator, for offsets.</summary>
internal interface ITransactionListener
{
    /// <summary>The marker of the transaction's end is in the journal; called before the producer learns of it, at most once per transaction.</summary>
    void Ended(ProducerStamp producer, bool isCommitted);
}
