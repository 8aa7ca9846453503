using System.Security.Cryptography;
using System.Text;

namespace Streaming.Contracts.Envelope;

/// <summary>Tells a repeated command from another one under the same id: SHA-256 over the record's full name and its Avro body.</summary>
/// <remarks>Both sides compute it: the processor into the result, the caller to compare. The wire format's prefix stays out, because a
/// schema's id differs from registry to registry.</remarks>
public static class CommandHash
{
    public const int SizeBytes = SHA256.HashSizeInBytes;

    private const int StackBytesMax = 1_024;

    /// <param name="recordName">Such as <c>streaming.inventory.SellStock</c>.</param>
    /// <param name="body">The command in Avro's binary encoding, without prefix.</param>
    public static byte[] Of(string recordName, ReadOnlySpan<byte> body)
    {
        var sizeMax = Encoding.UTF8.GetMaxByteCount(recordName.Length) + body.Length;
        var bytes = sizeMax <= StackBytesMax ? stackalloc byte[StackBytesMax] : new byte[sizeMax];
        var nameBytes = Encoding.UTF8.GetBytes(recordName, bytes);
        body.CopyTo(bytes[nameBytes..]);
        return SHA256.HashData(bytes[..(nameBytes + body.Length)]);
    }
}
