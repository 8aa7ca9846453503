using Streaming.Avro.Binary;

namespace Streaming.Avro.Tests.Binary;

public sealed class VarintTests
{
    [Fact]
    public void Every_length_comes_back_wherever_the_bytes_end()
    {
        foreach (var value in Edges().Concat([long.MinValue, long.MaxValue, int.MinValue, int.MaxValue]))
        {
            foreach (var room in new[] { Varint.BytesOf(ZigZag(value)), 7, 8, 9, 10, 20 }.Where(room => room >= Varint.BytesOf(ZigZag(value))))
            {
                var buffer = new byte[room];
                var writer = new AvroWriter(buffer);
                writer.WriteLong(value);
                writer.IsOverflown.ShouldBeFalse();
                writer.Written.ShouldBe(ByteByByte(value).Length, $"{value}");
                buffer[..writer.Written].ShouldBe(ByteByByte(value), $"{value} in {room} bytes");

                var reader = new AvroReader(buffer);
                reader.ReadLong().ShouldBe(value);
                reader.Position.ShouldBe(writer.Written);
            }
        }
    }

    [Fact]
    public void Random_numbers_come_back() => Seeds.ForEach(1_000, random =>
    {
        var value = random.NextInt64() >> random.Next(63) ^ -(long)random.Next(2);
        var buffer = new byte[20];
        var writer = new AvroWriter(buffer);
        writer.WriteLong(value);
        buffer[..writer.Written].ShouldBe(ByteByByte(value));
        var reader = new AvroReader(buffer);
        reader.ReadLong().ShouldBe(value);
    });

    private static IEnumerable<long> Edges() =>
        from bits in Enumerable.Range(0, 63)
        from near in new[] { -1L, 0, 1 }
        from sign in new[] { -1, 1 }
        select sign * ((1L << bits) + near);

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    /// <summary>The specification's words as code.</summary>
    private static byte[] ByteByByte(long value)
    {
        var bytes = new List<byte>();
        var rest = ZigZag(value);
        for (; rest > 0x7F; rest >>= 7)
            bytes.Add((byte)(rest & 0x7F | 0x80));
        bytes.Add((byte)rest);
        return [.. bytes];
    }
}
