using System.Security.Cryptography;
using System.Text;

namespace Streaming.CommandHost.Orders;

/// <summary>Numbers of orders that callers leave to the host: <c>ORD-</c> and 26 digits of base 32 without I, L, O and U.</summary>
internal static class OrderNumber
{
    private const string Digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int SizeBytes = 16;

    /// <summary>The same number for the same key of the same caller, on any host and at any time: a repeat means the same order.</summary>
    /// <param name="caller">Who asks; empty where nobody has to say. Two callers may choose the same key.</param>
    public static string Of(string caller, string idempotencyKey) =>
        Text(SHA256.HashData(Encoding.UTF8.GetBytes($"{caller}\n{idempotencyKey}")).AsSpan(0, SizeBytes));

    /// <summary>A number of its own, later ones above earlier ones.</summary>
    public static string New(TimeProvider time) => Text(Guid.CreateVersion7(time.GetUtcNow()).ToByteArray(bigEndian: true));

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var number = new UInt128(
            System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes), System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
        Span<char> text = stackalloc char[26];
        for (var i = text.Length - 1; i >= 0; i--, number >>= 5)
            text[i] = Digits[(int)(number & 31)];
        return $"ORD-{text}";
    }
}
