using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal sealed record AddPartitionsTransaction(
    string TransactionalId, ProducerStamp Producer, bool IsVerifyOnly, TransactionProtocol Protocol, IReadOnlyList<(string Name, int[] Partitions)> Topics);

internal sealed record AddPartitionsToTxnRequest(IReadOnlyList<AddPartitionsTransaction> Transactions);

internal readonly record struct AddedPartition(int Partition, ErrorCode Error);

internal readonly record struct AddedTopic(string Name, IReadOnlyList<AddedPartition> Partitions);

internal readonly record struct AddPartitionsResult(string TransactionalId, IReadOnlyList<AddedTopic> Topics);

internal sealed record AddPartitionsToTxnResponse(IReadOnlyList<AddPartitionsResult> Results);

/// <summary>AddPartitionsToTxn (key 24), v0–v5: names partitions in which a producer's transaction is going to write.</summary>
/// <remarks>v2 PRODUCER_FENCED · v3 flexible · v4 several transactions in one request, and only verifying, which answers TRANSACTION_ABORTABLE for a partition
/// that is not in the transaction · v5 as v4. From v4 on between brokers only: clients of the second transaction protocol add by producing. All partitions
/// of a transaction are added, or none: beside an unknown one the others answer OPERATION_NOT_ATTEMPTED. Source: Kafka protocol guide; KIP-98, KIP-890.</remarks>
internal sealed class AddPartitionsToTxn(TransactionCoordinator transactions, TopicTable topics) : IApi<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>
{
    public ApiKey Key => ApiKey.AddPartitionsToTxn;

    public ApiVersionRange Versions => new(0, 5, FirstFlexible: 3);

    public AddPartitionsToTxnRequest Decode(ref WireReader reader)
    {
        if (reader.Version < 4)
        {
            var single = new AddPartitionsTransaction(
                reader.ReadString(), new ProducerStamp(reader.ReadInt64(), reader.ReadInt16()), IsVerifyOnly: false, TransactionProtocol.First,
                reader.ReadArray(ReadTopic));
            reader.SkipTags();
            return new AddPartitionsToTxnRequest([single]);
        }

        var several = reader.ReadArray(static (ref r) =>
        {
            var transaction = new AddPartitionsTransaction(
                r.ReadString(), new ProducerStamp(r.ReadInt64(), r.ReadInt16()), r.ReadBoolean(), TransactionProtocol.Second, r.ReadArray(ReadTopic));
            r.SkipTags();
            return transaction;
        });
        reader.SkipTags();
        return new AddPartitionsToTxnRequest(several);
    }

    public ValueTask<AddPartitionsToTxnResponse?> HandleAsync(AddPartitionsToTxnRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<AddPartitionsToTxnResponse?>(new([.. request.Transactions.Select(Add)]));

    public void Encode(WireWriter writer, AddPartitionsToTxnResponse response)
    {
        writer.WriteInt32(0); // throttle time
        if (writer.Version < 4)
        {
            writer.WriteArray(response.Results[0].Topics, WriteTopic);
        }
        else
        {
            writer.WriteErrorCode(ErrorCode.None);
            writer.WriteArray(response.Results, static (w, result) =>
            {
                w.WriteString(result.TransactionalId);
                w.WriteArray(result.Topics, WriteTopic);
                w.WriteEmptyTags();
            });
        }

        writer.WriteEmptyTags();
    }

    private static (string, int[]) ReadTopic(ref WireReader reader)
    {
        var topic = (reader.ReadString(), reader.ReadInt32Array());
        reader.SkipTags();
        return topic;
    }

    private static void WriteTopic(WireWriter writer, AddedTopic topic)
    {
        writer.WriteString(topic.Name);
        writer.WriteArray(topic.Partitions, static (w, partition) =>
        {
            w.WriteInt32(partition.Partition);
            w.WriteErrorCode(partition.Error.Known(w.Version >= 2));
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }

    private AddPartitionsResult Add(AddPartitionsTransaction transaction)
    {
        var partitions = transaction.Topics.SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(topic.Name, partition))).ToList();
        Func<TopicPartition, ErrorCode> answer;
        if (transaction.IsVerifyOnly)
        {
            answer = partition => transactions.Verify(transaction.TransactionalId, transaction.Producer, partition);
        }
        else if (partitions.Exists(partition => topics.Find(partition) is null))
        {
            answer = partition => topics.Find(partition) is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.OperationNotAttempted;
        }
        else
        {
            var error = transactions.Add(transaction.TransactionalId, transaction.Producer, partitions, transaction.Protocol);
            answer = _ => error;
        }

        return new AddPartitionsResult(transaction.TransactionalId, [.. transaction.Topics.Select(topic => new AddedTopic(
            topic.Name, [.. topic.Partitions.Select(partition => new AddedPartition(partition, answer(new TopicPartition(topic.Name, partition))))]))]);
    }
}
