using System.Text;

namespace Streaming.Avro.Schema;

/// <summary>The 64-bit Rabin fingerprint of the specification ("Schema Fingerprints").</summary>
internal static class Crc64Avro
{
    private const ulong Empty = 0xc15d213aa4d7a795;
    private static readonly ulong[] _table = [.. Enumerable.Range(0, 256).Select(index => Entry((ulong)index))];

    public static ulong Of(string text)
    {
        var fingerprint = Empty;
        foreach (var next in Encoding.UTF8.GetBytes(text))
            fingerprint = (fingerprint >> 8) ^ _table[(int)(fingerprint ^ next) & 0xFF];
        return fingerprint;
    }

    private static ulong Entry(ulong fingerprint)
    {
        for (var bit = 0; bit < 8; bit++)
            fingerprint = (fingerprint >> 1) ^ (Empty & (0UL - (fingerprint & 1)));
        return fingerprint;
    }
}
