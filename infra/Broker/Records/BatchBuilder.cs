using System.Buffers.Binary;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Records;

/// <summary>Builds uncompressed record batches for what the broker itself writes: journals and transaction markers.</summary>
internal static class BatchBuilder
{
    /// <summary>A batch of keys and values, in a producer's transaction if one is given.</summary>
    public static byte[] Build(IReadOnlyList<JournalRecord> records, long timestampMs, ProducerStamp? transaction = null) =>
        Build(records, timestampMs, transaction, attributes: transaction is null ? (short)0 : BatchHeader.TransactionalFlag);

    /// <summary>The control batch that ends a producer's transaction.</summary>
    public static byte[] BuildMarker(ProducerStamp producer, bool isCommit, int coordinatorEpoch, long timestampMs) => Build(
        [new JournalRecord(ControlMarker.Key(isCommit), ControlMarker.Value(coordinatorEpoch))],
        timestampMs, producer, (short)(BatchHeader.TransactionalFlag | BatchHeader.ControlFlag));

    private static byte[] Build(IReadOnlyList<JournalRecord> records, long timestampMs, ProducerStamp? producer, short attributes)
    {
        using var writer = new WireWriter();
        WriteHeader(writer, records.Count, timestampMs, producer ?? new ProducerStamp(-1, -1), attributes);
        using var body = new WireWriter();
        for (var i = 0; i < records.Count; i++)
            WriteRecord(writer, body, records[i], offsetDelta: i);
        var batch = writer.Written.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(8), batch.Length - BatchHeader.LengthOverheadBytes);
        BatchHeader.Seal(batch);
        return batch;
    }

    private static void WriteHeader(WireWriter writer, int recordCount, long timestampMs, ProducerStamp producer, short attributes)
    {
        writer.WriteInt64(0); // base offset, assigned by the log
        writer.WriteInt32(0); // length, known at the end
        writer.WriteInt32(0); // leader epoch, assigned by the log
        writer.WriteInt8(BatchHeader.SupportedMagic);
        writer.WriteInt32(0); // CRC, known at the end
        writer.WriteInt16(attributes);
        writer.WriteInt32(recordCount - 1);
        writer.WriteInt64(timestampMs);
        writer.WriteInt64(timestampMs);
        writer.WriteInt64(producer.ProducerId);
        writer.WriteInt16(producer.ProducerEpoch);
        writer.WriteInt32(-1); // Coordinators write without sequences: nothing they send is sent twice.
        writer.WriteInt32(recordCount);
    }

    private static void WriteRecord(WireWriter writer, WireWriter body, JournalRecord record, int offsetDelta)
    {
        body.Reset(version: 0, isFlexible: false);
        body.WriteInt8(0); // attributes
        body.WriteVarlong(0); // timestamp delta
        body.WriteVarint(offsetDelta);
        WriteBytes(body, record.Key);
        WriteBytes(body, record.Value);
        body.WriteVarint(0); // headers
        writer.WriteVarint(body.Length);
        writer.WriteRaw(body.Written.Span);
    }

    private static void WriteBytes(WireWriter writer, ReadOnlyMemory<byte>? bytes)
    {
        writer.WriteVarint(bytes?.Length ?? -1);
        if (bytes is { } present)
            writer.WriteRaw(present.Span);
    }
}
