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

    /// <summary>Splits an event's key into the aggregate's id and the sequence; false when it is none.</summary>
    public static bool TryReadEvent(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> aggregateKey, out long sequence)
    {
        aggregateKey = default;
        sequence = 0;
        var at = key.LastIndexOf((byte)'@');
        if (at < 1)
            return false;
        var digits = key[(at + 1)..];
        // The parser would take a sign, which no key of ours has.
        if (digits.Length == 0 || !char.IsAsciiDigit((char)digits[0]) || !Utf8Parser.TryParse(digits, out sequence, out var used)
            || used != digits.Length || sequence < 1)
            return false;
        aggregateKey = key[..at];
        return true;
    }

    public static string Text(ReadOnlySpan<byte> key) => Encoding.UTF8.GetString(key);
}
