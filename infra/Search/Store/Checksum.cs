using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Streaming.Search.Store;

/// <summary>CRC-32C (Castagnoli) over bytes that come in pieces, eight at a time by the processor's own instruction where it has one.</summary>
internal static class Checksum
{
    public const uint Begin = uint.MaxValue;

    public static uint Of(ReadOnlySpan<byte> bytes) => ~Continue(Begin, bytes);

    public static uint Continue(uint state, ReadOnlySpan<byte> bytes)
    {
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
            state = BitOperations.Crc32C(state, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        foreach (var rest in bytes[(bytes.Length & ~7)..])
            state = BitOperations.Crc32C(state, rest);
        return state;
    }
}
