using System.Buffers.Binary;

namespace Streaming.Avro.Binary;

/// <summary>Durations as Avro encodes them: months, days and milliseconds, each 32 bits, little-endian.</summary>
public static class DurationCodec
{
    private const int SizeBytes = 12;

    extension(ref AvroWriter writer)
    {
        public void WriteDuration(AvroDuration value)
        {
            Span<byte> bytes = stackalloc byte[SizeBytes];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value.Months);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], value.Days);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], value.Millis);
            writer.WriteRaw(bytes);
        }
    }

    extension(ref AvroReader reader)
    {
        public AvroDuration ReadDuration()
        {
            var bytes = reader.ReadFixed(SizeBytes);
            return new AvroDuration(
                BinaryPrimitives.ReadUInt32LittleEndian(bytes),
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
        }
    }
}
