using System.Runtime.InteropServices;
using Streaming.Broker.Log;
using Streaming.Broker.Records;
using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal readonly record struct ProducePartition(int Partition, ReadOnlyMemory<byte>? Records);

/// <summary>Name null: by id.</summary>
internal readonly record struct ProduceTopic(string? Name, Guid Id, IReadOnlyList<ProducePartition> Partitions);

internal sealed record ProduceRequest(string? TransactionalId, short Acks, IReadOnlyList<ProduceTopic> Topics);

internal readonly record struct ProducedPartition(int Partition, AppendResult Result, long LogStartOffset);

internal readonly record struct ProducedTopic(string? Name, Guid Id, IReadOnlyList<ProducedPartition> Partitions);

internal sealed record ProduceResponse(IReadOnlyList<ProducedTopic> Topics);

/// <summary>Produce (key 0), v3–v13: appends one record batch to each partition.</summary>
/// <remarks>v5 log start offset · v8 error messages, and which records are at fault · v9 flexible · v13 topic ids. Acks 0 gets no answer; acks 1 and -1 mean the same on one node.
/// A transactional batch is refused unless its partition was added to the transaction, so that no zombie leaves one open for ever (KIP-890, part 1).
/// Left out: adding partitions implicitly (KIP-890, part 2), which clients use only where the broker offers the feature; formats before magic 2.
/// Source: Kafka protocol guide; KIP-98, KIP-467, KIP-516.</remarks>
internal sealed class Produce(TopicTable topics, ITransactionGate transactions) : IApi<ProduceRequest, ProduceResponse>
{
    private const short AllReplicas = -1;

    public ApiKey Key => ApiKey.Produce;

    public ApiVersionRange Versions => new(3, 13, FirstFlexible: 9);

    public ProduceRequest Decode(ref WireReader reader)
    {
        var transactionalId = reader.ReadNullableString();
        var acks = reader.ReadInt16();
        reader.ReadInt32(); // timeout: an append never waits for others
        var requested = reader.ReadArray(static (ref r) =>
        {
            var name = r.Version < 13 ? r.ReadString() : null;
            var id = r.Version >= 13 ? r.ReadUuid() : Guid.Empty;
            var partitions = r.ReadArray(static (ref p) =>
            {
                var partition = new ProducePartition(p.ReadInt32(), p.ReadNullableBytes());
                p.SkipTags();
                return partition;
            });
            r.SkipTags();
            return new ProduceTopic(name, id, partitions);
        });
        reader.SkipTags();
        return new ProduceRequest(transactionalId, acks, requested);
    }

    public ValueTask<ProduceResponse?> HandleAsync(ProduceRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var produced = new ProducedTopic[request.Topics.Count];
        for (var i = 0; i < produced.Length; i++)
            produced[i] = AppendTopic(request.Topics[i], request);
        return ValueTask.FromResult(request.Acks == 0 ? null : new ProduceResponse(produced));
    }

    public void Encode(WireWriter writer, ProduceResponse response)
    {
        writer.WriteArray(response.Topics, static (w, topic) =>
        {
            if (w.Version >= 13)
                w.WriteUuid(topic.Id);
            else
                w.WriteString(topic.Name!);
            w.WriteArray(topic.Partitions, WritePartition);
            w.WriteEmptyTags();
        });
        writer.WriteInt32(0); // throttle time
        writer.WriteEmptyTags();
    }

    private static void WritePartition(WireWriter writer, ProducedPartition partition)
    {
        writer.WriteInt32(partition.Partition);
        writer.WriteErrorCode(partition.Result.Error);
        writer.WriteInt64(partition.Result.BaseOffset);
        writer.WriteInt64(partition.Result.AppendTimeMs);
        if (writer.Version >= 5)
            writer.WriteInt64(partition.LogStartOffset);
        if (writer.Version >= 8)
        {
            writer.WriteArray(partition.Result.Rejected ?? [], static (w, record) =>
            {
                w.WriteInt32(record.Index);
                w.WriteNullableString(record.Reason);
                w.WriteEmptyTags();
            });
            writer.WriteNullableString(partition.Result.Reason);
        }

        writer.WriteEmptyTags();
    }

    private ProducedTopic AppendTopic(ProduceTopic requested, ProduceRequest request)
    {
        var topic = requested.Name is { } name ? topics.Find(name) : topics.Find(requested.Id);
        var unknown = requested.Name is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;
        var produced = new ProducedPartition[requested.Partitions.Count];
        for (var i = 0; i < produced.Length; i++)
        {
            var (partition, records) = requested.Partitions[i];
            var log = topic?.Find(partition);
            var result = log is null
                ? AppendResult.Refused(topic is null ? unknown : ErrorCode.UnknownTopicOrPartition)
                : Append(topic!, log, records, request);
            produced[i] = new ProducedPartition(partition, result, log?.LogStartOffset ?? -1);
        }

        return new ProducedTopic(requested.Name, requested.Id, produced);
    }

    private AppendResult Append(Topic topic, PartitionLog log, ReadOnlyMemory<byte>? records, ProduceRequest request)
    {
        if (request.Acks is not (0 or 1 or AllReplicas))
            return AppendResult.Refused(ErrorCode.InvalidRequiredAcks);
        if (topic.IsInternal)
            return AppendResult.Refused(ErrorCode.InvalidTopicException, $"{topic.Name} is written by the broker only.");
        if (records is not { } bytes)
            return AppendResult.Refused(ErrorCode.InvalidRecord, "There are no records.");
        var verdict = BatchCheck.Incoming(bytes.Span, log.Settings.IsCompacted, out var header);
        if (!verdict.IsAccepted)
            return AppendResult.Refused(verdict.Error, verdict.Reason) with { Rejected = verdict.Rejected };
        if (header.IsControl)
            return AppendResult.Refused(ErrorCode.InvalidRecord, "Clients do not write control batches.");
        if (header.IsTransactional && CheckTransaction(log, header, request.TransactionalId) is not ErrorCode.None and var refusal)
            return AppendResult.Refused(refusal);
        // The frame is this connection's own memory, and nobody reads the batch's offset field in it again: it is assigned in place.
        return log.Append(MemoryMarshal.AsMemory(bytes).Span, header);
    }

    private ErrorCode CheckTransaction(PartitionLog log, in BatchHeader header, string? transactionalId)
    {
        if (transactionalId is null)
            return ErrorCode.InvalidTxnState;
        // Once the transaction is open in the log, the log's own check of the epoch is enough.
        return log.HasOpenTransaction(header.ProducerId)
            ? ErrorCode.None
            : transactions.Verify(transactionalId, new ProducerStamp(header.ProducerId, header.ProducerEpoch), log.Partition);
    }
}
