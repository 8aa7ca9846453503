namespace Streaming.Broker.Transactions;

/// <summary>How a client works with transactions. The numbers are those of Kafka's feature <c>transaction.version</c>.</summary>
internal enum TransactionProtocol : short
{
    /// <summary>Partitions are added before they are written in; a producer keeps its epoch from one transaction to the next (KIP-98).</summary>
    First = 0,

    /// <summary>Writing in a partition adds it; every end raises the epoch, so that nothing late is taken for part of the next transaction (KIP-890).</summary>
    Second = 2,
}
