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

internal sealed record ProduceRequest(string? TransactionalId, TransactionProtocol Protocol, short Acks, IReadOnlyList<ProduceTopic> Topics);

/// <summary>Log: null where there is none to persist.</summary>
internal readonly record struct ProducedPartition(int Partition, AppendResult Result, PartitionLog? Log)
{
    public long LogStartOffset => Log?.LogStartOffset ?? -1;
}

internal readonly record struct ProducedTopic(string? Name, Guid Id, ProducedPartition[] Partitions);

internal sealed record ProduceResponse(IReadOnlyList<ProducedTopic> Topics);

/// <summary>Produce (key 0), v3–v13: appends one record batch to each partition.</summary>
/// <remarks>v5 log start offset · v8 error messages, and which records are at fault · v9 flexible · v11 TRANSACTION_ABORTABLE · v12 the second
/// transaction protocol · v13 topic ids. Acks 0 gets no answer; acks 1 and -1 mean the same on one node. A transactional batch must belong to the open
/// transaction of its producer, so that no zombie leaves one open for ever: from v12 on it adds its partition to it, and begins it; before, it is refused
/// unless its partition was added. Left out: formats before magic 2. Source: Kafka protocol guide; KIP-98, KIP-467, KIP-516, KIP-890.</remarks>
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
        return new ProduceRequest(transactionalId, reader.Version >= 12 ? TransactionProtocol.Second : TransactionProtocol.First, acks, requested);
    }

    public async ValueTask<ProduceResponse?> HandleAsync(ProduceRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var produced = new ProducedTopic[request.Topics.Count];
        for (var i = 0; i < produced.Length; i++)
            produced[i] = AppendTopic(request.Topics[i], request);
        if (request.Acks == 0)
            return null;
        // The flushes of all partitions are under way before the first is waited for.
        await Task.WhenAll(Array.ConvertAll(produced, static topic => PersistAsync(topic.Partitions).AsTask()));
        return new ProduceResponse(produced);
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
        writer.WriteErrorCode(Known(partition.Result.Error, writer.Version));
        writer.WriteInt64(partition.Result.BaseOffset);
        writer.WriteInt64(partition.Result.AppendTimeMs);
        if (writer.Version >= 5)
            writer.WriteInt64(partition.LogStartOffset);
        if (writer.Version >= 8)
        {
            writer.WriteArray(partition.Result.Rejected ?? [], static (w, record) =>
            {
                w.WriteInt32(record.Index);
                w.WriteReason(record.Reason);
                w.WriteEmptyTags();
            });
            writer.WriteReason(partition.Result.Reason);
        }

        writer.WriteEmptyTags();
    }

    private static async ValueTask PersistAsync(ProducedPartition[] partitions)
    {
        var persisting = Array.ConvertAll(partitions, static one => one is { Result.Error: ErrorCode.None, Log: { } log } ? log.PersistAsync() : default);
        for (var i = 0; i < partitions.Length; i++)
        {
            if (await persisting[i] is var error and not ErrorCode.None)
                partitions[i] = partitions[i] with { Result = AppendResult.Refused(error, "The records could not be forced to disk.") };
        }
    }

    // The end of the last transaction is being written: clients of the first protocol wait for that only where they add partitions.
    private static ErrorCode Known(ErrorCode error, short version) => error == ErrorCode.ConcurrentTransactions && version < 12
        ? ErrorCode.NotEnoughReplicas
        : error.KnownAbortable(version >= 11);

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
            produced[i] = new ProducedPartition(partition, result, log);
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
        var verdict = BatchCheck.Incoming(bytes.Span, log.Settings.IsCompacted, out var header, log.Settings.InflatedBatchBytesMax);
        if (!verdict.IsAccepted)
            return AppendResult.Refused(verdict.Error, verdict.Reason) with { Rejected = verdict.Rejected };
        if (header.IsControl)
            return AppendResult.Refused(ErrorCode.InvalidRecord, "Clients do not write control batches.");
        if (header.IsTransactional)
            return AppendInTransaction(log, bytes, header, request);
        return Append(log, bytes, header, beginsAtZero: false);
    }

    private AppendResult AppendInTransaction(PartitionLog log, ReadOnlyMemory<byte> batch, BatchHeader header, ProduceRequest request)
    {
        if (request.TransactionalId is not { } transactionalId)
            return AppendResult.Refused(ErrorCode.InvalidTxnState);
        var producer = new ProducerStamp(header.ProducerId, header.ProducerEpoch);
        if (log.IsFenced(producer))
            return AppendResult.Refused(ErrorCode.InvalidProducerEpoch);
        var result = default(AppendResult);
        var error = transactions.Write(
            transactionalId, producer, log.Partition, request.Protocol,
            () => result = Append(log, batch, header, beginsAtZero: request.Protocol == TransactionProtocol.Second));
        return error == ErrorCode.None ? result : AppendResult.Refused(error);
    }

    // The frame is this connection's own memory, and nobody reads the batch's offset field in it again: it is assigned in place.
    private static AppendResult Append(PartitionLog log, ReadOnlyMemory<byte> batch, BatchHeader header, bool beginsAtZero) =>
        log.Append(MemoryMarshal.AsMemory(batch).Span, header, beginsAtZero);
}
