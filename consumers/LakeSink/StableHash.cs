using System.Buffers.Binary;

namespace Streaming.LakeSink;

/// <summary>64 bits that are the same on every machine and in every version, and that tell accidental differences.</summary>
internal static class StableHash
{
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        var hash = Mix((ulong)bytes.Length ^ (seed << 32));
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        var rest = 0UL;
        foreach (var left in bytes)
            rest = (rest << 8) | left;
        return Mix(hash ^ rest);
    }

    /// <summary>The last step of MurmurHash3: each bit of the result depends on all.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xFF51AFD7ED558CCD;
        value = (value ^ (value >> 33)) * 0xC4CEB9FE1A85EC53;
        return value ^ (value >> 33);
    }
}
