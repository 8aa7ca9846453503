using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace Streaming.Commands.Writing;

/// <summary>Writes batches, each in one transaction with the offsets of what it was made of.</summary>
/// <remarks>
/// A processor's transactional id stands for the ownership of a partition: initialising fences whoever had it before. librdkafka's transaction
/// calls block, so this is used on a thread of its own.
/// </remarks>
/// <param name="writer">Who writes, for the log: a partition, or a router.</param>
internal sealed class TransactionWriter(IProducer<byte[], byte[]> producer, string writer, TimeSpan timeout, ILogger logger) : IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>Fences the predecessor and ends its transaction.</summary>
    public void TakeOver(CancellationToken stopping) =>
        Insist("InitTransactions", () => producer.InitTransactions(timeout), stopping);

    /// <summary>Where partitions end, open transactions included.</summary>
    public IReadOnlyDictionary<TopicPartition, long> EndsOf(IReadOnlyList<TopicPartition> partitions, CancellationToken stopping)
    {
        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
        var ends = new Dictionary<TopicPartition, long>();
        Insist("ListOffsets", () => ends = EndsOf(admin, partitions), stopping);
        return ends;
    }

    /// <inheritdoc cref="Write(Action, IReadOnlyCollection{TopicPartitionOffset}, IConsumerGroupMetadata, CancellationToken)"/>
    public void Write(
        IReadOnlyList<(TopicPartition To, Message<byte[], byte[]> Message)> records,
        IReadOnlyCollection<TopicPartitionOffset> nextOffsets,
        IConsumerGroupMetadata group,
        CancellationToken stopping) => Write(() => Send(records), nextOffsets, group, stopping);

    /// <summary>Writes records and offsets together, or neither.</summary>
    /// <param name="sendAll">Sends the records. What it throws ends the transaction, and is thrown on.</param>
    /// <param name="nextOffsets">Of the partitions that the group consumes: the first one not yet handled.</param>
    /// <param name="group">As it was when the records were polled: the cluster refuses one that the group has left behind.</param>
    /// <exception cref="TransactionAbortedException">Nothing was written; the same batch may be tried again.</exception>
    /// <exception cref="KafkaException">Nothing can be written any more by this producer; fatal, such as fenced.</exception>
    public void Write(Action sendAll, IReadOnlyCollection<TopicPartitionOffset> nextOffsets, IConsumerGroupMetadata group, CancellationToken stopping)
    {
        try
        {
            producer.BeginTransaction();
            sendAll();
            Insist("SendOffsetsToTransaction", () => producer.SendOffsetsToTransaction(nextOffsets, group, timeout), stopping);
            Insist("CommitTransaction", () => producer.CommitTransaction(timeout), stopping);
        }
        catch (KafkaTxnRequiresAbortException cause)
        {
            Abort(cause, stopping);
        }
        catch (KafkaException cause) when (!cause.Error.IsFatal && cause is not KafkaRetriableException)
        {
            Abort(cause, stopping);
        }
        catch (Exception cause) when (cause is not KafkaException and not OperationCanceledException)
        {
            Abort(stopping);    // Readers are not to wait for it until whoever failed tries again.
            throw;
        }
    }

    /// <summary>Sends records within a transaction: for the function that <see cref="Write(Action, IReadOnlyCollection{TopicPartitionOffset}, IConsumerGroupMetadata, CancellationToken)"/> calls.</summary>
    public void Send(IReadOnlyList<(TopicPartition To, Message<byte[], byte[]> Message)> records)
    {
        foreach (var (to, message) in records)
            Send(to, message);
    }

    public void Dispose() => producer.Dispose();

    private void Send(TopicPartition to, Message<byte[], byte[]> message)
    {
        while (true)
        {
            try
            {
                producer.Produce(to, message);
                return;
            }
            catch (ProduceException<byte[], byte[]> cause) when (cause.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Flush(timeout);
            }
        }
    }

    private void Abort(KafkaException cause, CancellationToken stopping)
    {
        Abort(stopping);
        throw new TransactionAbortedException(cause);
    }

    private void Abort(CancellationToken stopping) => Insist("AbortTransaction", () => producer.AbortTransaction(timeout), stopping);

    // A call that timed out may be repeated until it is decided; a cluster that is away may come back. A host that stops tries once: the
    // batch in hand is finished where that works, and is ended by the partition's next owner where it doesn't.
    private void Insist(string request, Action call, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                call();
                return;
            }
            catch (KafkaRetriableException cause)
            {
                stopping.ThrowIfCancellationRequested();
                logger.TransactionAwaited(cause, writer, request);
                stopping.WaitHandle.WaitOne(RetryDelay);
            }
        }
    }

    private Dictionary<TopicPartition, long> EndsOf(IAdminClient admin, IReadOnlyList<TopicPartition> partitions)
    {
        try
        {
            var asked = admin.ListOffsetsAsync(
                partitions.Select(of => new TopicPartitionOffsetSpec { TopicPartition = of, OffsetSpec = OffsetSpec.Latest() }),
                new ListOffsetsOptions { IsolationLevel = IsolationLevel.ReadUncommitted, RequestTimeout = timeout });
            // The partition's own thread: there is nothing else that it could do meanwhile.
            return asked.GetAwaiter().GetResult().ResultInfos.ToDictionary(
                info => info.TopicPartitionOffsetError.TopicPartition, info => info.TopicPartitionOffsetError.Offset.Value);
        }
        catch (KafkaException cause) when (!cause.Error.IsFatal)
        {
            throw new KafkaRetriableException(cause.Error);
        }
    }
}

/// <summary>A transaction was aborted and left nothing behind.</summary>
internal sealed class TransactionAbortedException(KafkaException cause) : Exception(cause.Error.Reason, cause);
