using System.Buffers.Binary;
using Streaming.Broker.Records;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Log;

/// <summary>Producer state at one offset, in a file, so that a start need not read the whole log.</summary>
/// <remarks>Layout: CRC-32C of what follows (4 bytes), version (2), number of producers (4); for each its id, epoch, coordinator epoch, start of
/// its open transaction or -1, last timestamp, last offset, number of batches, and for each of these base and last sequence, base and last offset, timestamp.
/// A file that does not match its CRC is as good as missing.</remarks>
internal static class ProducerSnapshot
{
    private const short FormatVersion = 2;

    public static void Save(string path, ProducerStates states)
    {
        using var writer = new WireWriter();
        writer.WriteInt32(0); // CRC, known at the end
        writer.WriteInt16(FormatVersion);
        writer.WriteArray([.. states.All], WriteProducer);
        var content = writer.Written.ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(content, Crc32C.Compute(content.AsSpan(sizeof(uint))));
        // Without it, more of the log is read at the next start.
        AtomicFile.Write(path, content, mayBeOld: true);
    }

    /// <summary>False when there is no such file, or it is damaged.</summary>
    public static bool TryLoad(string path, ProducerStates states)
    {
        if (!File.Exists(path))
            return false;
        var content = File.ReadAllBytes(path);
        if (content.Length < 10 || BinaryPrimitives.ReadUInt32BigEndian(content) != Crc32C.Compute(content.AsSpan(sizeof(uint))))
            return false;
        var reader = new WireReader(content.AsMemory(sizeof(uint)));
        if (reader.ReadInt16() != FormatVersion)
            return false;
        foreach (var producer in reader.ReadArray(ReadProducer))
            states.Restore(producer);
        return true;
    }

    private static void WriteProducer(WireWriter writer, ProducerState producer)
    {
        writer.WriteInt64(producer.ProducerId);
        writer.WriteInt16(producer.Epoch);
        writer.WriteInt32(producer.CoordinatorEpoch);
        writer.WriteInt64(producer.TransactionStart ?? -1);
        writer.WriteInt64(producer.LastTimestampMs);
        writer.WriteInt64(producer.LastOffset);
        writer.WriteArray(producer.Batches, static (w, batch) =>
        {
            w.WriteInt32(batch.BaseSequence);
            w.WriteInt32(batch.LastSequence);
            w.WriteInt64(batch.BaseOffset);
            w.WriteInt64(batch.LastOffset);
            w.WriteInt64(batch.TimestampMs);
        });
    }

    private static ProducerState ReadProducer(ref WireReader reader)
    {
        var producer = new ProducerState(reader.ReadInt64(), reader.ReadInt16());
        var coordinatorEpoch = reader.ReadInt32();
        var transactionStart = reader.ReadInt64();
        var lastTimestampMs = reader.ReadInt64();
        var lastOffset = reader.ReadInt64();
        var batches = reader.ReadArray(static (ref r) =>
            new WrittenBatch(r.ReadInt32(), r.ReadInt32(), r.ReadInt64(), r.ReadInt64(), r.ReadInt64()));
        producer.Restore(batches, transactionStart < 0 ? null : transactionStart, lastTimestampMs, lastOffset, coordinatorEpoch);
        return producer;
    }
}
