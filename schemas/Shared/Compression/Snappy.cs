using System.Buffers.Binary;

namespace Streaming.Shared;

/// <summary>Decodes snappy, as clients send it: one raw block, or the framing of xerial's Java library.</summary>
/// <remarks>
/// Raw: decompressed length as a varint, then elements. The low two bits of an element's first byte tell its kind: 0 literal bytes (length in the upper six,
/// or in the 1 to 4 bytes that follow), 1 to 3 a copy from 1, 2 or 4 bytes of distance. Framed: magic (8 bytes), version and lowest compatible version
/// (4 each, big-endian), then blocks, each a length (4, big-endian) and a raw block. Source: snappy's format_description.txt; snappy-java's SnappyOutputStream.
/// </remarks>
internal static class Snappy
{
    private const int FrameHeadBytes = 16;

    private static ReadOnlySpan<byte> Magic => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0];

    /// <exception cref="CorruptRecordsException">They are not snappy, or too much.</exception>
    public static void Decode(ReadOnlySpan<byte> compressed, BoundedBuffer output)
    {
        if (!compressed.StartsWith(Magic))
        {
            DecodeBlock(compressed, output);
            return;
        }

        var rest = compressed.Length >= FrameHeadBytes ? compressed[FrameHeadBytes..] : throw Damaged();
        while (rest.Length > 0)
        {
            var sizeBytes = rest.Length >= sizeof(int) ? BinaryPrimitives.ReadInt32BigEndian(rest) : throw Damaged();
            rest = rest[sizeof(int)..];
            if (sizeBytes < 0 || sizeBytes > rest.Length)
                throw Damaged();
            DecodeBlock(rest[..sizeBytes], output);
            rest = rest[sizeBytes..];
        }
    }

    private static void DecodeBlock(ReadOnlySpan<byte> block, BoundedBuffer output)
    {
        var promised = ReadLength(ref block);
        var end = output.Length + promised;
        // Refused before anything is decoded, when it is more than there may be.
        output.GetSpan((int)Math.Min(promised, int.MaxValue));
        while (block.Length > 0)
        {
            if ((block[0] & 3) == 0)
                Literal(ref block, output);
            else
                Copy(ref block, output);
            if (output.Length > end)
                throw Damaged();
        }

        if (output.Length != end)
            throw Damaged();
    }

    private static void Literal(ref ReadOnlySpan<byte> block, BoundedBuffer output)
    {
        var length = (block[0] >> 2) + 1L;
        var lengthBytes = Math.Max(0, (int)length - 60);
        if (lengthBytes > 0)
            length = LittleEndian(block[1..], lengthBytes) + 1;
        block = block[(1 + lengthBytes)..];
        if (length > block.Length)
            throw Damaged();
        output.Write(block[..(int)length]);
        block = block[(int)length..];
    }

    private static void Copy(ref ReadOnlySpan<byte> block, BoundedBuffer output)
    {
        var kind = block[0] & 3;
        var headBytes = kind switch { 1 => 2, 2 => 3, _ => 5 };
        if (block.Length < headBytes)
            throw Damaged();
        var (length, distance) = kind == 1
            ? (((block[0] >> 2) & 7) + 4, ((long)(block[0] >> 5) << 8) | block[1])
            : ((block[0] >> 2) + 1, LittleEndian(block[1..], headBytes - 1));
        output.Repeat((int)Math.Min(distance, int.MaxValue), length);
        block = block[headBytes..];
    }

    private static long LittleEndian(ReadOnlySpan<byte> bytes, int count)
    {
        if (bytes.Length < count)
            throw Damaged();
        long value = 0;
        for (var i = count - 1; i >= 0; i--)
            value = (value << 8) | bytes[i];
        return value;
    }

    private static long ReadLength(ref ReadOnlySpan<byte> block)
    {
        long value = 0;
        for (var i = 0; i < 5 && i < block.Length; i++)
        {
            value |= (long)(block[i] & 0x7F) << (7 * i);
            if (block[i] >= 0x80)
                continue;
            block = block[(i + 1)..];
            return value;
        }

        throw Damaged();
    }

    private static CorruptRecordsException Damaged() => new("The snappy data is damaged.");
}
