using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Streaming.Serdes;

/// <summary>
/// The prefix of a value or key whose schema is in a registry: byte 0, then the schema's id as four bytes big-endian; the Avro body follows.
/// </summary>
/// <remarks>Source: Confluent Schema Registry documentation, "Wire format". The body may be empty (a record without fields).</remarks>
public static class WireFormat
{
    /// <summary>The first byte of every framed value.</summary>
    public const byte Magic = 0;

    /// <summary>Bytes before the body.</summary>
    public const int PrefixBytes = 1 + sizeof(int);

    /// <summary>Writes the prefix to the first five bytes of <paramref name="frame"/>, which must be that long.</summary>
    public static void WritePrefix(Span<byte> frame, int schemaId)
    {
        frame[0] = Magic;
        BinaryPrimitives.WriteInt32BigEndian(frame[1..], schemaId);
    }

    /// <summary>Splits a frame into its schema id and its Avro body, a slice of it. False: no frame, and <paramref name="why"/> says why.</summary>
    /// <remarks>The id is as it stands in the bytes; a negative one is no error here, merely one that no registry knows.</remarks>
    public static bool TryRead(ReadOnlySpan<byte> frame, out int schemaId, out ReadOnlySpan<byte> body, [NotNullWhen(false)] out string? why)
    {
        schemaId = 0;
        body = default;
        why = frame.Length switch
        {
            0 => "no byte at all",
            _ when frame[0] != Magic => $"the first byte is 0x{frame[0]:X2} instead of 0x00{Guess(frame[0])}",
            < PrefixBytes => $"{frame.Length} bytes, fewer than the {PrefixBytes} of the prefix",
            _ => null,
        };
        if (why is not null)
            return false;
        schemaId = BinaryPrimitives.ReadInt32BigEndian(frame[1..]);
        body = frame[PrefixBytes..];
        return true;
    }

    private static string Guess(byte first) => first is (byte)'{' or (byte)'[' or (byte)'"' ? ", as JSON begins" : "";
}
