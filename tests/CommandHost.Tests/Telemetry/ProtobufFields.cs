namespace Streaming.CommandHost.Tests.Telemetry;

/// <summary>The fields of a protobuf message that hold text, bytes or messages: enough to find one's way in a message whose .proto is known.</summary>
/// <remarks>A field is a tag (number and wire type, as a varint) and its value. Source: protobuf.dev, "Encoding".</remarks>
internal static class ProtobufFields
{
    private const int Varint = 0;
    private const int EightBytes = 1;
    private const int Delimited = 2;
    private const int FourBytes = 5;

    /// <summary>The values under a number, in their order.</summary>
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public static IEnumerable<ReadOnlyMemory<byte>> Of(ReadOnlyMemory<byte> message, int number)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = ReadVarint(message.Span, ref at);
            switch ((int)(tag & 7))
            {
                case Varint:
                    ReadVarint(message.Span, ref at);
                    break;
                case EightBytes:
                    at += 8;
                    break;
                case FourBytes:
                    at += 4;
                    break;
                case Delimited:
                    var size = ReadVarint(message.Span, ref at);
                    if (size > (ulong)(message.Length - at))
                        throw new InvalidDataException($"field {tag >> 3}: {size} bytes wanted, {message.Length - at} left");
                    if ((int)(tag >> 3) == number)
                        yield return message.Slice(at, (int)size);
                    at += (int)size;
                    break;
                default:
                    throw new InvalidDataException($"field {tag >> 3} has the wire type {tag & 7}");
            }
        }
    }

    /// <summary>The only value under a number; empty when it is not there, which means the same.</summary>
    public static ReadOnlyMemory<byte> One(ReadOnlyMemory<byte> message, int number) => Of(message, number).SingleOrDefault();

    private static ulong ReadVarint(ReadOnlySpan<byte> message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (at >= message.Length)
                break;
            var next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new InvalidDataException("a number does not end");
    }
}
