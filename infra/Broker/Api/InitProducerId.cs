using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

/// <summary>Current: the id and epoch that the producer has already, -1 for none.</summary>
internal sealed record InitProducerIdRequest(string? TransactionalId, int TransactionTimeoutMs, ProducerStamp Current);

internal sealed record InitProducerIdResponse(ErrorCode Error, ProducerStamp Producer);

/// <summary>InitProducerId (key 22), v0–v5: a producer id and epoch for an idempotent or transactional producer.</summary>
/// <remarks>v2 flexible · v3 the producer's current id and epoch, to raise the epoch after an error · v4 PRODUCER_FENCED · v5 as v4. With a transactional id, whoever
/// had it before is fenced, and its open transaction is aborted before the answer. Left out: two-phase commit (v6, which Kafka 4.2 does not serve either).
/// Source: Kafka protocol guide; KIP-98, KIP-360, KIP-588, KIP-890.</remarks>
internal sealed class InitProducerId(TransactionCoordinator transactions) : IApi<InitProducerIdRequest, InitProducerIdResponse>
{
    public ApiKey Key => ApiKey.InitProducerId;

    public ApiVersionRange Versions => new(0, 5, FirstFlexible: 2);

    public InitProducerIdRequest Decode(ref WireReader reader)
    {
        var transactionalId = reader.ReadNullableString();
        var timeoutMs = reader.ReadInt32();
        var current = reader.Version >= 3 ? new ProducerStamp(reader.ReadInt64(), reader.ReadInt16()) : ProducerStamp.None;
        reader.SkipTags();
        return new InitProducerIdRequest(transactionalId, timeoutMs, current);
    }

    public ValueTask<InitProducerIdResponse?> HandleAsync(InitProducerIdRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var (error, producer) = transactions.Initialize(request.TransactionalId, request.TransactionTimeoutMs, request.Current);
        return ValueTask.FromResult<InitProducerIdResponse?>(new(error, error == ErrorCode.None ? producer : ProducerStamp.None));
    }

    public void Encode(WireWriter writer, InitProducerIdResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteErrorCode(response.Error.Known(writer.Version >= 4));
        writer.WriteInt64(response.Producer.ProducerId);
        writer.WriteInt16(response.Producer.ProducerEpoch);
        writer.WriteEmptyTags();
    }
}
