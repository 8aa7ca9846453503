using System.Buffers.Binary;

namespace Streaming.Broker.Records;

/// <summary>The fixed head of a record batch of magic 2, read from its bytes.</summary>
/// <remarks>
/// Layout, big-endian: 0 base offset · 8 length of what follows · 12 leader epoch · 16 magic · 17 CRC-32C of everything from 21 ·
/// 21 attributes · 23 last offset delta · 27 base timestamp · 35 max timestamp · 43 producer id · 51 producer epoch · 53 base sequence ·
/// 57 record count · 61 records. Offset and leader epoch are outside the CRC, so that the log sets them without recomputing it.
/// Source: Kafka documentation, "Record Batch"; KIP-98.
/// </remarks>
internal readonly record struct BatchHeader(
    long BaseOffset, int SizeBytes, int LeaderEpoch, sbyte Magic, uint Crc, short Attributes, int LastOffsetDelta,
    long BaseTimestamp, long MaxTimestamp, long ProducerId, short ProducerEpoch, int BaseSequence, int RecordCount)
{
    public const int Bytes = 61;
    public const int SupportedMagic = 2;
    public const long NoTimestamp = -1;

    /// <summary>Offset and length field, which the length does not count.</summary>
    public const int LengthOverheadBytes = 12;

    public const int CrcCoverageStart = 21;
    public const short CompressionMask = 0x07;
    public const short LogAppendTimeFlag = 0x08;
    public const short TransactionalFlag = 0x10;
    public const short ControlFlag = 0x20;
    public const short DeleteHorizonFlag = 0x40;

    public int Compression => Attributes & CompressionMask;

    public bool HasLogAppendTime => (Attributes & LogAppendTimeFlag) != 0;

    public bool IsTransactional => (Attributes & TransactionalFlag) != 0;

    public bool IsControl => (Attributes & ControlFlag) != 0;

    /// <summary>From when on compaction may drop the tombstones or the marker in this batch (KIP-534); null while compaction has not met them.
    /// The base timestamp, which the deltas of the records are then relative to.</summary>
    public long? DeleteHorizonMs => (Attributes & DeleteHorizonFlag) != 0 ? BaseTimestamp : null;

    /// <summary>Compaction removed the records and kept the head, for the sequence numbers of its producer.</summary>
    public bool IsEmptied => RecordCount == 0;

    public bool HasProducer => ProducerId >= 0;

    public long LastOffset => BaseOffset + LastOffsetDelta;

    public long NextOffset => LastOffset + 1;

    /// <summary>Sequence of the last record; sequences wrap from 2^31-1 to 0.</summary>
    public int LastSequence => BaseSequence < 0 ? BaseSequence : (int)((BaseSequence + (long)LastOffsetDelta) & int.MaxValue);

    /// <summary>Reads the head; the span must hold all of its 61 bytes.</summary>
    public static BatchHeader Read(ReadOnlySpan<byte> batch) => new(
        BinaryPrimitives.ReadInt64BigEndian(batch),
        (int)Math.Clamp(BinaryPrimitives.ReadInt32BigEndian(batch[8..]) + (long)LengthOverheadBytes, int.MinValue, int.MaxValue),
        BinaryPrimitives.ReadInt32BigEndian(batch[12..]),
        (sbyte)batch[16],
        BinaryPrimitives.ReadUInt32BigEndian(batch[17..]),
        BinaryPrimitives.ReadInt16BigEndian(batch[21..]),
        BinaryPrimitives.ReadInt32BigEndian(batch[23..]),
        BinaryPrimitives.ReadInt64BigEndian(batch[27..]),
        BinaryPrimitives.ReadInt64BigEndian(batch[35..]),
        BinaryPrimitives.ReadInt64BigEndian(batch[43..]),
        BinaryPrimitives.ReadInt16BigEndian(batch[51..]),
        BinaryPrimitives.ReadInt32BigEndian(batch[53..]),
        BinaryPrimitives.ReadInt32BigEndian(batch[57..]));

    /// <summary>Sets what the log decides, leaving the CRC true.</summary>
    public static void Assign(Span<byte> batch, long baseOffset, int leaderEpoch)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch, baseOffset);
        BinaryPrimitives.WriteInt32BigEndian(batch[12..], leaderEpoch);
    }

    /// <summary>Stamps the whole batch with the time of its append (message.timestamp.type=LogAppendTime).</summary>
    public static void StampAppendTime(Span<byte> batch, long timestampMs)
    {
        var attributes = BinaryPrimitives.ReadInt16BigEndian(batch[21..]);
        BinaryPrimitives.WriteInt16BigEndian(batch[21..], (short)(attributes | LogAppendTimeFlag));
        BinaryPrimitives.WriteInt64BigEndian(batch[35..], timestampMs);
        Seal(batch);
    }

    /// <summary>Computes and sets the CRC.</summary>
    public static void Seal(Span<byte> batch) => BinaryPrimitives.WriteUInt32BigEndian(batch[17..], Crc32C.Compute(batch[CrcCoverageStart..]));
}
