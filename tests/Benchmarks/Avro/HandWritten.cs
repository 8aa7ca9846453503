using System.Buffers.Binary;
using System.Text;

namespace Streaming.Benchmarks.Avro;

/// <summary>What one would write by hand for this one event, in safe code: it knows that all texts are short and ASCII, checks no limit but the span's, and reads only what it wrote.</summary>
internal static class HandWritten
{
    private static readonly long _epochMicros = DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond;

    public static int Encode(Measured happened, Span<byte> buffer)
    {
        var at = Write(happened.Sku, buffer, 0);
        at = Write(happened.Warehouse, buffer, at);
        at = Write(happened.Quantity, buffer, at);
        at = Write(happened.OnHand, buffer, at);
        at = Write(happened.Sequence, buffer, at);
        at = Write(happened.Customer, buffer, at);
        BinaryPrimitives.WriteDoubleLittleEndian(buffer[at..], happened.Price);
        at += sizeof(double);
        buffer[at++] = happened.IsUrgent ? (byte)1 : (byte)0;
        if (happened.Reason is { } reason)
        {
            buffer[at++] = 2;
            at = Write(reason, buffer, at);
        }
        else
        {
            buffer[at++] = 0;
        }
        return Write(happened.OccurredAt.UtcTicks / TimeSpan.TicksPerMicrosecond - _epochMicros, buffer, at);
    }

    public static Measured Decode(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        return new Measured(
            ReadText(bytes, ref at), ReadText(bytes, ref at), (int)ReadLong(bytes, ref at), (int)ReadLong(bytes, ref at), ReadLong(bytes, ref at), ReadLong(bytes, ref at),
            ReadDouble(bytes, ref at), bytes[at++] == 1, bytes[at++] == 2 ? ReadText(bytes, ref at) : null,
            new DateTimeOffset((ReadLong(bytes, ref at) + _epochMicros) * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero));
    }

    private static int Write(string text, Span<byte> buffer, int at)
    {
        Ascii.FromUtf16(text, buffer[(at + 1)..], out var written);
        buffer[at] = (byte)(written << 1);
        return at + 1 + written;
    }

    private static int Write(long number, Span<byte> buffer, int at)
    {
        var zigzag = (ulong)((number << 1) ^ (number >> 63));
        for (; zigzag >= 0x80; zigzag >>= 7)
            buffer[at++] = (byte)(zigzag | 0x80);
        buffer[at++] = (byte)zigzag;
        return at;
    }

    private static string ReadText(ReadOnlySpan<byte> bytes, ref int at)
    {
        var length = bytes[at++] >> 1;
        at += length;
        return Encoding.Latin1.GetString(bytes.Slice(at - length, length));
    }

    private static double ReadDouble(ReadOnlySpan<byte> bytes, ref int at)
    {
        at += sizeof(double);
        return BinaryPrimitives.ReadDoubleLittleEndian(bytes[(at - sizeof(double))..]);
    }

    private static long ReadLong(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong zigzag = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            zigzag |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
        }
    }
}
