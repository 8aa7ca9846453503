using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Streaming.Broker.Log.Compaction;

/// <summary>Sixteen bytes that stand for a key.</summary>
internal readonly record struct KeyHash(ulong High, ulong Low);

/// <summary>Hashes keys by SipHash-2-4 with a 128-bit result, under a secret of its own.</summary>
/// <remarks>Two keys with one hash would cost the older one its record. By chance that does not happen, and without the secret nobody can make two
/// such keys, as they could for an unkeyed hash. Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF".</remarks>
internal sealed class KeyHasher(ReadOnlySpan<byte> secret)
{
    private readonly ulong _first = BinaryPrimitives.ReadUInt64LittleEndian(secret);
    private readonly ulong _second = BinaryPrimitives.ReadUInt64LittleEndian(secret[8..]);

    public static KeyHasher WithNewSecret() => new(RandomNumberGenerator.GetBytes(16));

    public KeyHash Hash(ReadOnlySpan<byte> key)
    {
        var v0 = 0x736f6d6570736575UL ^ _first;
        var v1 = 0x646f72616e646f6dUL ^ _second ^ 0xEE;
        var v2 = 0x6c7967656e657261UL ^ _first;
        var v3 = 0x7465646279746573UL ^ _second;
        var last = (ulong)key.Length << 56;
        for (; key.Length >= sizeof(ulong); key = key[sizeof(ulong)..])
            Absorb(BinaryPrimitives.ReadUInt64LittleEndian(key), ref v0, ref v1, ref v2, ref v3);
        for (var i = 0; i < key.Length; i++)
            last |= (ulong)key[i] << (8 * i);
        Absorb(last, ref v0, ref v1, ref v2, ref v3);

        v2 ^= 0xEE;
        for (var i = 0; i < 4; i++)
            Round(ref v0, ref v1, ref v2, ref v3);
        var high = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= 0xDD;
        for (var i = 0; i < 4; i++)
            Round(ref v0, ref v1, ref v2, ref v3);
        return new KeyHash(high, v0 ^ v1 ^ v2 ^ v3);
    }

    private static void Absorb(ulong word, ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v3 ^= word;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
