using System.Buffers.Binary;
using Streaming.Broker.Records;
using Streaming.Broker.Records.Compression;

namespace Streaming.Broker.Log.Compaction;

/// <summary>Writes what is left of a batch, in memory that it uses again for the next.</summary>
/// <remarks>
/// Kept are base offset, last offset delta, leader epoch, producer and base sequence, so that neither offsets nor sequence numbers move. New are record count,
/// largest timestamp (where producers set it), length and CRC. A delete horizon is the batch's base timestamp (KIP-534): the records' deltas
/// are then written anew. gzip and zstd stay what they are; records that were compressed by a codec without an encoder here are written uncompressed.
/// </remarks>
internal sealed class BatchRewriter : IDisposable
{
    private readonly BoundedBuffer _batch = new();
    private readonly BoundedBuffer _shifted = new();
    private readonly BoundedBuffer _kept = new();
    private long _latestDelta;

    public int KeptCount { get; private set; }

    public void Begin()
    {
        (KeptCount, _latestDelta) = (0, long.MinValue);
        _kept.Clear();
    }

    public void Keep(in RecordView record)
    {
        _kept.Write(record.Bytes);
        _latestDelta = Math.Max(_latestDelta, record.TimestampDelta);
        KeptCount++;
    }

    /// <summary>The batch with the records that were kept.</summary>
    public ReadOnlySpan<byte> Finish(ReadOnlySpan<byte> original, in BatchHeader header, long? horizonMs)
    {
        var records = _kept.Written;
        var baseTimestamp = horizonMs ?? header.BaseTimestamp;
        if (baseTimestamp != header.BaseTimestamp)
            records = Shift(records, header.BaseTimestamp - baseTimestamp);
        var codec = Codecs.CanEncode(header.Compression) ? header.Compression : Codecs.None;
        _batch.Clear();
        _batch.Write(original[..BatchHeader.Bytes]);
        if (codec == Codecs.None)
            _batch.Write(records);
        else
            Codecs.Encode(codec, records, _batch);
        var attributes = (short)((header.Attributes & ~BatchHeader.CompressionMask) | codec | (horizonMs is null ? 0 : BatchHeader.DeleteHorizonFlag));
        var maxTimestamp = header.HasLogAppendTime ? header.MaxTimestamp : header.BaseTimestamp + _latestDelta;
        return Seal(attributes, baseTimestamp, maxTimestamp, KeptCount);
    }

    /// <summary>The same batch with a delete horizon.</summary>
    public ReadOnlySpan<byte> WithHorizon(ReadOnlySpan<byte> original, in BatchHeader header, long horizonMs)
    {
        Begin();
        var walk = new RecordWalk(original[BatchHeader.Bytes..]);
        while (walk.MoveNext())
            Keep(walk.Current);
        return Finish(original, header, horizonMs);
    }

    /// <summary>The batch without its records: a head that remembers the producer's sequence numbers.</summary>
    public ReadOnlySpan<byte> Emptied(ReadOnlySpan<byte> original, in BatchHeader header)
    {
        const int Removed = BatchHeader.CompressionMask | BatchHeader.DeleteHorizonFlag;
        _batch.Clear();
        _batch.Write(original[..BatchHeader.Bytes]);
        return Seal((short)(header.Attributes & ~Removed), header.MaxTimestamp, header.MaxTimestamp, recordCount: 0);
    }

    public void Dispose()
    {
        _batch.Dispose();
        _shifted.Dispose();
        _kept.Dispose();
    }

    private ReadOnlySpan<byte> Seal(short attributes, long baseTimestamp, long maxTimestamp, int recordCount)
    {
        var batch = _batch.Rewritable;
        BinaryPrimitives.WriteInt32BigEndian(batch[8..], batch.Length - BatchHeader.LengthOverheadBytes);
        BinaryPrimitives.WriteInt16BigEndian(batch[21..], attributes);
        BinaryPrimitives.WriteInt64BigEndian(batch[27..], baseTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(batch[35..], maxTimestamp);
        BinaryPrimitives.WriteInt32BigEndian(batch[57..], recordCount);
        BatchHeader.Seal(batch);
        return batch;
    }

    private ReadOnlySpan<byte> Shift(ReadOnlySpan<byte> records, long by)
    {
        _shifted.Clear();
        var walk = new RecordWalk(records);
        while (walk.MoveNext())
            Shift(walk.Current, by);
        return _shifted.Written;
    }

    private void Shift(in RecordView record, long by)
    {
        Span<byte> delta = stackalloc byte[Varint.BytesMax];
        Span<byte> length = stackalloc byte[Varint.BytesMax];
        var deltaBytes = Varint.Write(delta, record.TimestampDelta + by);
        var lengthBytes = Varint.Write(length, 1 + deltaBytes + record.AfterTimestamp.Length);
        _shifted.Write(length[..lengthBytes]);
        _shifted.Write([0]); // attributes
        _shifted.Write(delta[..deltaBytes]);
        _shifted.Write(record.AfterTimestamp);
    }
}
