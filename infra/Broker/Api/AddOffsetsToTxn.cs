using Streaming.Broker.Groups;
using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal sealed record AddOffsetsToTxnRequest(string TransactionalId, ProducerStamp Producer, string GroupId);

internal sealed record AddOffsetsToTxnResponse(ErrorCode Error);

/// <summary>AddOffsetsToTxn (key 25), v0–v4: says that a producer's transaction is going to commit offsets of a consumer group.</summary>
/// <remarks>v2 PRODUCER_FENCED · v3 flexible · v4 as v3. Part of the first transaction protocol: with the second, TxnOffsetCommit does it. The partition of <c>__consumer_offsets</c> that keeps the group joins the transaction like any other.
/// Source: Kafka protocol guide; KIP-98.</remarks>
internal sealed class AddOffsetsToTxn(TransactionCoordinator transactions, GroupTable groups) : IApi<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse>
{
    public ApiKey Key => ApiKey.AddOffsetsToTxn;

    public ApiVersionRange Versions => new(0, 4, FirstFlexible: 3);

    public AddOffsetsToTxnRequest Decode(ref WireReader reader)
    {
        var request = new AddOffsetsToTxnRequest(reader.ReadString(), new ProducerStamp(reader.ReadInt64(), reader.ReadInt16()), reader.ReadString());
        reader.SkipTags();
        return request;
    }

    public ValueTask<AddOffsetsToTxnResponse?> HandleAsync(AddOffsetsToTxnRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<AddOffsetsToTxnResponse?>(
            new(transactions.Add(request.TransactionalId, request.Producer, [groups.JournalPartitionOf(request.GroupId)], TransactionProtocol.First)));

    public void Encode(WireWriter writer, AddOffsetsToTxnResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteErrorCode(response.Error.Known(writer.Version >= 2));
        writer.WriteEmptyTags();
    }
}
