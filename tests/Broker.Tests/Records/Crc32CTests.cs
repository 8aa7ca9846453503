using System.Numerics;
using System.Text;
using Streaming.Broker.Records;

namespace Streaming.Broker.Tests.Records;

public sealed class Crc32CTests
{
    /// <summary>RFC 3720, appendix B.4, and the check value of the catalogue of parametrised CRC algorithms.</summary>
    [Fact]
    public void Known_sums()
    {
        Crc32C.Compute(Encoding.ASCII.GetBytes("123456789")).ShouldBe<uint>(0xE306_9283);
        Crc32C.Compute(new byte[32]).ShouldBe<uint>(0x8A91_36AA);
        Crc32C.Compute([.. Enumerable.Repeat((byte)0xFF, 32)]).ShouldBe<uint>(0x62A8_AB43);
        Crc32C.Compute([.. Enumerable.Range(0, 32).Select(i => (byte)i)]).ShouldBe<uint>(0x46DD_794E);
    }

    [Fact]
    public void Sums_of_any_length_are_those_of_byte_by_byte()
    {
        var bytes = new byte[10_000];
        new Random(1).NextBytes(bytes);
        for (var length = 0; length < bytes.Length; length += length % 3_072 is < 3_056 and > 16 ? 13 : 1)
            Crc32C.Compute(bytes.AsSpan(0, length)).ShouldBe(ByteByByte(bytes.AsSpan(0, length)), $"{length} bytes");
        for (var start = 0; start < 16; start++)
            Crc32C.Compute(bytes.AsSpan(start)).ShouldBe(ByteByByte(bytes.AsSpan(start)), $"from {start}");
    }

    private static uint ByteByByte(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var next in bytes)
            crc = BitOperations.Crc32C(crc, next);
        return ~crc;
    }
}
