using System.Numerics;

namespace Streaming.Avro.Binary;

/// <summary>Numbers of up to 56 bits as groups of seven in the bytes of one word, the lowest first: eight bytes of a varint at once.</summary>
/// <remarks>A loop over the bytes takes two to three times as long for a timestamp, which has eight of them (Benchmarks avro). A varint's byte has its
/// highest bit set where another follows.</remarks>
internal static class Varint
{
    /// <summary>The largest number that eight bytes can say.</summary>
    public const ulong WordMax = (1UL << 56) - 1;

    private const ulong HighestBits = 0x8080_8080_8080_8080;

    /// <summary>How many bytes a number takes, 1 to 10: its bits divided by 7, rounded up, as a multiplication and a shift.</summary>
    public static int BytesOf(ulong value) => (BitOperations.Log2(value | 1) * 9 + 73) >> 6;

    /// <summary>The bytes of a number up to <see cref="WordMax"/>, of which the first so many count.</summary>
    public static ulong ToWord(ulong value, int sizeBytes)
    {
        value = (value & 0x0000_0000_0FFF_FFFF) | ((value & 0x00FF_FFFF_F000_0000) << 4);
        value = (value & 0x0000_3FFF_0000_3FFF) | ((value & 0x0FFF_C000_0FFF_C000) << 2);
        value = (value & 0x007F_007F_007F_007F) | ((value & 0x3F80_3F80_3F80_3F80) << 1);
        var more = HighestBits & ((1UL << (8 * (sizeBytes - 1))) - 1);
        return value | more;
    }

    /// <summary>How many bytes the varint takes that the word starts with; 9 when it goes on after it.</summary>
    /// <remarks>Counted by branches, which the processor foretells, and not from the bits: then the next value's place is known before this one's bytes have arrived,
    /// and numbers that follow one another are read at once (Benchmarks avro).</remarks>
    public static int BytesIn(ulong word)
    {
        var sizeBytes = 1;
        for (; (word & 0x80) != 0; word >>= 8)
            sizeBytes++;
        return sizeBytes;
    }

    /// <summary>The number in the first so many bytes, at most 8.</summary>
    public static ulong FromWord(ulong word, int sizeBytes)
    {
        var value = word & (ulong.MaxValue >> (64 - 8 * sizeBytes)) & ~HighestBits;
        value = (value & 0x007F_007F_007F_007F) | ((value & 0x7F00_7F00_7F00_7F00) >> 1);
        value = (value & 0x0000_3FFF_0000_3FFF) | ((value & 0x3FFF_0000_3FFF_0000) >> 2);
        return (value & 0x0000_0000_0FFF_FFFF) | ((value & 0x0FFF_FFFF_0000_0000) >> 4);
    }
}
