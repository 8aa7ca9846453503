using System.Buffers.Text;
using System.Text;

namespace Streaming.Commands.Writing;

/// <summary>Record keys as bytes, without the detour over text: what <see cref="Contracts.Envelope.EventKey"/> and
/// <see cref="Contracts.Envelope.ResultKey"/> say.</summary>
internal static class RecordKeys
{
    private const int SequenceDigitsMax = 19;

    /// <summary><c>{aggregateId}@{sequence}</c>.</summary>
    public static byte[] Event(byte[] aggregateKey, long sequence)
    {
        Span<byte> digits = stackalloc byte[SequenceDigitsMax];
        Utf8Formatter.TryFormat(sequence, digits, out var count);
        return [.. aggregateKey, (byte)'@', .. digits[..count]];
    }

    /// <summary><c>{aggregateId}/{commandId}</c>.</summary>
    public static byte[] Result(byte[] aggregateKey, byte[] commandId) => [.. aggregateKey, (byte)'/', .. commandId];

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(byte[] key) => Encoding.UTF8.GetString(key);
}
