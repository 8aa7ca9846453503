using System.Buffers.Text;

namespace Streaming.Avro.Binary;

/// <summary>UUIDs as Avro encodes them: text of 36 characters, or 16 bytes in network order.</summary>
public static class GuidCodec
{
    private const int SizeBytes = 16;
    private const int SizeCharacters = 36;

    extension(ref AvroWriter writer)
    {
        public void WriteUuidString(Guid value)
        {
            Span<byte> text = stackalloc byte[SizeCharacters];
            value.TryFormat(text, out _, "D");
            writer.WriteBytes(text);
        }

        public void WriteUuidFixed(Guid value)
        {
            Span<byte> bytes = stackalloc byte[SizeBytes];
            value.TryWriteBytes(bytes, bigEndian: true, out _);
            writer.WriteRaw(bytes);
        }
    }

    extension(ref AvroReader reader)
    {
        public Guid ReadUuidString()
        {
            var start = reader.Position;
            var text = reader.ReadBytes();
            return text.Length == SizeCharacters && Utf8Parser.TryParse(text, out Guid value, out var used, 'D') && used == SizeCharacters
                ? value
                : throw AvroReader.Malformed(start, "a text that is no UUID");
        }

        public Guid ReadUuidFixed() => new(reader.ReadFixed(SizeBytes), bigEndian: true);
    }
}
