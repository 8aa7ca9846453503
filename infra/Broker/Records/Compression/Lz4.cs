using System.Buffers.Binary;

namespace Streaming.Broker.Records.Compression;

/// <summary>Decodes LZ4 frames.</summary>
/// <remarks>
/// Frame, little-endian: magic (4 bytes), flags (bit 2 content checksum, 3 content size, 4 block checksums, 0 dictionary), block size class, content size (8, if
/// flagged), header checksum (1); then blocks: size (4; its highest bit means stored), data, checksum (4, if flagged); a size of 0 ends the frame, a content
/// checksum (4, if flagged) follows. Checksums are passed over: the batch's CRC covers all of it, and old clients computed them wrongly.
/// A block is sequences: token, literals, distance (2), match length. Source: lz4_Frame_format.md, lz4_Block_format.md; KAFKA-3160.
/// </remarks>
internal static class Lz4
{
    private const uint FrameMagic = 0x184D2204;
    private const uint StoredFlag = 0x80000000;
    private const int MatchBytesMin = 4;

    /// <exception cref="CorruptRecordsException">They are not LZ4 frames, or too much.</exception>
    public static void Decode(ReadOnlySpan<byte> compressed, BoundedBuffer output)
    {
        while (compressed.Length > 0)
            DecodeFrame(ref compressed, output);
    }

    private static void DecodeFrame(ref ReadOnlySpan<byte> rest, BoundedBuffer output)
    {
        if (ReadUInt32(ref rest) != FrameMagic || rest.Length < 3)
            throw Damaged();
        var flags = rest[0];
        if (flags >> 6 != 1 || (flags & 0x01) != 0)
            throw new CorruptRecordsException("The LZ4 frame is of another version, or needs a dictionary.");
        Take(ref rest, (flags & 0x08) != 0 ? 11u : 3);
        while (ReadUInt32(ref rest) is var size and not 0)
        {
            var block = Take(ref rest, size & ~StoredFlag);
            if ((size & StoredFlag) != 0)
                output.Write(block);
            else
                DecodeBlock(block, output);
            Take(ref rest, (flags & 0x10) != 0 ? 4u : 0);
        }

        Take(ref rest, (flags & 0x04) != 0 ? 4u : 0);
    }

    private static void DecodeBlock(ReadOnlySpan<byte> block, BoundedBuffer output)
    {
        while (block.Length > 0)
        {
            var token = block[0];
            block = block[1..];
            output.Write(Take(ref block, Length(token >> 4, ref block)));
            // The last sequence has literals alone.
            if (block.Length == 0)
                return;
            var distance = BinaryPrimitives.ReadUInt16LittleEndian(Take(ref block, 2));
            output.Repeat(distance, (int)Math.Min(Length(token & 15, ref block), int.MaxValue - MatchBytesMin) + MatchBytesMin);
        }
    }

    // Four bits, and as many bytes more as are 255, and one.
    private static uint Length(int nibble, ref ReadOnlySpan<byte> block)
    {
        var length = (uint)nibble;
        if (nibble < 15)
            return length;
        byte next;
        do
        {
            next = Take(ref block, 1)[0];
            length += next;
        }
        while (next == byte.MaxValue);
        return length;
    }

    private static uint ReadUInt32(ref ReadOnlySpan<byte> rest) => BinaryPrimitives.ReadUInt32LittleEndian(Take(ref rest, sizeof(uint)));

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, uint count)
    {
        if (count > (uint)rest.Length)
            throw Damaged();
        var taken = rest[..(int)count];
        rest = rest[(int)count..];
        return taken;
    }

    private static CorruptRecordsException Damaged() => new("The LZ4 data is damaged.");
}
