using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal sealed record EndTxnRequest(string TransactionalId, ProducerStamp Producer, bool IsCommit, TransactionProtocol Protocol);

/// <summary>Producer: what it is from now on; -1 with an error.</summary>
internal sealed record EndTxnResponse(ErrorCode Error, ProducerStamp Producer);

/// <summary>EndTxn (key 26), v0–v5: commits or aborts a producer's transaction.</summary>
/// <remarks>v2 PRODUCER_FENCED · v3 flexible · v5 the second transaction protocol: the epoch rises, or a new producer id begins where the epochs are used
/// up, and the answer says so; a repeated request gets the same answer; and a transaction may be aborted that was not begun. Answered once the markers are
/// in every partition. Source: Kafka protocol guide; KIP-98, KIP-588, KIP-890.</remarks>
internal sealed class EndTxn(TransactionCoordinator transactions) : IApi<EndTxnRequest, EndTxnResponse>
{
    public ApiKey Key => ApiKey.EndTxn;

    public ApiVersionRange Versions => new(0, 5, FirstFlexible: 3);

    public EndTxnRequest Decode(ref WireReader reader)
    {
        var request = new EndTxnRequest(
            reader.ReadString(), new ProducerStamp(reader.ReadInt64(), reader.ReadInt16()), reader.ReadBoolean(),
            reader.Version >= 5 ? TransactionProtocol.Second : TransactionProtocol.First);
        reader.SkipTags();
        return request;
    }

    public ValueTask<EndTxnResponse?> HandleAsync(EndTxnRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var (error, producer) = transactions.End(request.TransactionalId, request.Producer, request.IsCommit, request.Protocol);
        return ValueTask.FromResult<EndTxnResponse?>(new(error, error == ErrorCode.None ? producer : ProducerStamp.None));
    }

    public void Encode(WireWriter writer, EndTxnResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteErrorCode(response.Error.Known(writer.Version >= 2));
        if (writer.Version >= 5)
        {
            writer.WriteInt64(response.Producer.ProducerId);
            writer.WriteInt16(response.Producer.ProducerEpoch);
        }

        writer.WriteEmptyTags();
    }
}
