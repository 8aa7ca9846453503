using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Transactions;

/// <summary>Lets through what belongs to a producer's open transaction, for those who write in it: producers, and the group coordinator for offsets.</summary>
internal interface ITransactionGate
{
    /// <summary>Runs what writes in the partition while the transaction is kept from ending: nothing can be left behind its marker, open for ever.</summary>
    /// <param name="protocol">With the second, a partition that is not in the transaction is added, and a transaction begun where none is open.</param>
    /// <returns>None when it was run; otherwise the error to answer (INVALID_PRODUCER_ID_MAPPING, INVALID_PRODUCER_EPOCH, CONCURRENT_TRANSACTIONS,
    /// TRANSACTION_ABORTABLE where the partition had to be added and was not, COORDINATOR_NOT_AVAILABLE when adding it could not be remembered).</returns>
    ErrorCode Write(string transactionalId, ProducerStamp producer, TopicPartition partition, TransactionProtocol protocol, Action write);
}

/// <summary>Someone holding back what was written in a transaction until it ends: the group coordinator, for offsets.</summary>
internal interface ITransactionListener
{
    /// <summary>The marker of the transaction's end is in the journal; called before the producer learns of it, at most once per transaction.</summary>
    void Ended(ProducerStamp producer, bool isCommitted);
}
