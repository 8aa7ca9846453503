using Streaming.Broker.Server;
using Streaming.Broker.Transactions;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal sealed record DescribeTransactionsRequest(IReadOnlyList<string> TransactionalIds);

internal readonly record struct DescribedTransaction(string TransactionalId, TransactionState? State);

internal sealed record DescribeTransactionsResponse(IReadOnlyList<DescribedTransaction> Transactions);

/// <summary>DescribeTransactions (key 65), v0: where transactional ids stand, and the partitions of their transactions.</summary>
/// <remarks>Flexible from the start. Source: Kafka protocol guide; KIP-664.</remarks>
internal sealed class DescribeTransactions(TransactionCoordinator transactions) : IApi<DescribeTransactionsRequest, DescribeTransactionsResponse>
{
    public ApiKey Key => ApiKey.DescribeTransactions;

    public ApiVersionRange Versions => new(0, 0, FirstFlexible: 0);

    public DescribeTransactionsRequest Decode(ref WireReader reader)
    {
        var request = new DescribeTransactionsRequest(reader.ReadStringArray());
        reader.SkipTags();
        return request;
    }

    public ValueTask<DescribeTransactionsResponse?> HandleAsync(DescribeTransactionsRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<DescribeTransactionsResponse?>(
            new([.. request.TransactionalIds.Distinct().Select(id => new DescribedTransaction(id, transactions.Find(id)))]));

    public void Encode(WireWriter writer, DescribeTransactionsResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteArray(response.Transactions, static (w, transaction) =>
        {
            var state = transaction.State;
            w.WriteErrorCode(state is null ? ErrorCode.TransactionalIdNotFound : ErrorCode.None);
            w.WriteString(transaction.TransactionalId);
            w.WriteString(state?.Phase.ToString() ?? "");
            w.WriteInt32(state?.TimeoutMs ?? 0);
            w.WriteInt64(state?.StartedMs ?? -1);
            w.WriteInt64(state?.Producer.ProducerId ?? -1);
            w.WriteInt16(state?.Producer.ProducerEpoch ?? -1);
            w.WriteArray([.. (state?.Partitions ?? Enumerable.Empty<Topics.TopicPartition>()).GroupBy(partition => partition.Topic)], static (t, topic) =>
            {
                t.WriteString(topic.Key);
                t.WriteInt32Array([.. topic.Select(partition => partition.Partition).Order()]);
                t.WriteEmptyTags();
            });
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }
}
