using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal sealed record EndTxnRequest(string TransactionalId, ProducerStamp Producer, bool IsCommit);

internal sealed record EndTxnResponse(ErrorCode Error);

/// <summary>EndTxn (key 26), v0–v4: commits or aborts a producer's transaction.</summary>
/// <remarks>v2 PRODUCER_FENCED · v3 flexible. Answered once the markers are in every partition. Left out: v5, with which the broker raises the epoch at every
/// end (KIP-890, part 2). Source: Kafka protocol guide; KIP-98, KIP-588.</remarks>
internal sealed class EndTxn(TransactionCoordinator transactions) : IApi<EndTxnRequest, EndTxnResponse>
{
    public ApiKey Key => ApiKey.EndTxn;

    public ApiVersionRange Versions => new(0, 4, FirstFlexible: 3);

    public EndTxnRequest Decode(ref WireReader reader)
    {
        var request = new EndTxnRequest(reader.ReadString(), new ProducerStamp(reader.ReadInt64(), reader.ReadInt16()), reader.ReadBoolean());
        reader.SkipTags();
        return request;
    }

    public ValueTask<EndTxnResponse?> HandleAsync(EndTxnRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<EndTxnResponse?>(new(transactions.End(request.TransactionalId, request.Producer, request.IsCommit)));

    public void Encode(WireWriter writer, EndTxnResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteErrorCode(response.Error.Known(writer.Version >= 2));
        writer.WriteEmptyTags();
    }
}
