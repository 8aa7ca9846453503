using System.Buffers.Binary;
using System.Numerics;

namespace Streaming.Search.Segments;

/// <summary>A term's or an id's hash. It is written into segments, so it stays as it is.</summary>
internal static class TermHash
{
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;

    public static uint Of(ReadOnlySpan<byte> term)
    {
        var hash = (ulong)term.Length * Multiplier;
        while (term.Length >= sizeof(ulong))
        {
            hash = (BitOperations.RotateLeft(hash, 23) ^ BinaryPrimitives.ReadUInt64LittleEndian(term)) * Multiplier;
            term = term[sizeof(ulong)..];
        }

        var rest = 0UL;
        for (var i = 0; i < term.Length; i++)
            rest |= (ulong)term[i] << (8 * i);
        hash = (BitOperations.RotateLeft(hash, 23) ^ rest) * Multiplier;
        return (uint)((hash ^ (hash >> 29)) >> 16);
    }
}
