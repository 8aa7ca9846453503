using Streaming.Avro.Binary;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Generic;

/// <summary>Values of any schema to bytes and back, for tools and tests. <see cref="GenericRecord"/> says which types they have.</summary>
public static class GenericEncoding
{
    private const int BufferBytesFirst = 1_024;

    /// <summary>The value that the bytes hold, all of them.</summary>
    /// <exception cref="MalformedAvroException">The bytes are not what the schema says, or go on after the value.</exception>
    public static object? Decode(AvroSchema schema, ReadOnlySpan<byte> bytes)
    {
        var reader = new AvroReader(bytes);
        var value = GenericReader.Read(schema, ref reader);
        reader.ReadEnd();
        return value;
    }

    /// <exception cref="ArgumentException">The value is not what the schema says.</exception>
    public static byte[] Encode(AvroSchema schema, object? value)
    {
        for (var buffer = new byte[BufferBytesFirst]; ; buffer = new byte[buffer.Length * 4])
        {
            var writer = new AvroWriter(buffer);
            GenericWriter.Write(schema, value, ref writer);
            if (!writer.IsOverflown)
                return buffer[..writer.Written];
        }
    }
}
