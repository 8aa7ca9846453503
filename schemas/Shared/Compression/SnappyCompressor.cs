using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Streaming.Shared;

/// <summary>Compresses in Snappy's raw format (google/snappy, format_description.txt): literals, and copies of what came up to 64 KB before.</summary>
internal sealed class SnappyCompressor
{
    private const int BlockBytes = 1 << 16;
    private const int HashBits = 14;
    private const int InputMargin = 15;

    // Positions within the block by the hash of the four bytes there.
    private readonly ushort[] _table = new ushort[1 << HashBits];

    /// <summary>Most bytes that so many can become: at the worst one is added per sixty, and a few for each copy that is too short to pay.</summary>
    public static int BytesMax(int inputBytes) => 32 + inputBytes + (inputBytes / 6);

    /// <param name="output">At least <see cref="BytesMax"/> of the input's length.</param>
    /// <returns>How many bytes were written.</returns>
    public int Compress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var written = WriteLength((uint)input.Length, output);
        for (var start = 0; start < input.Length; start += BlockBytes)
            written += CompressBlock(input[start..Math.Min(input.Length, start + BlockBytes)], output[written..]);
        return written;
    }

    private static int WriteLength(uint length, Span<byte> output)
    {
        var written = 0;
        for (; length >= 0x80; length >>= 7)
            output[written++] = (byte)(length | 0x80);
        output[written++] = (byte)length;
        return written;
    }

    private int CompressBlock(ReadOnlySpan<byte> block, Span<byte> space)
    {
        var (written, literal) = (0, 0);
        if (block.Length >= InputMargin)
        {
            Array.Clear(_table);
            var limit = block.Length - InputMargin;
            // Where nothing repeats, the search takes longer and longer steps.
            for (int position = 1, misses = 32; position <= limit;)
            {
                var word = Word(block, position);
                ref var slot = ref _table[Hash(word)];
                var candidate = (int)slot;
                slot = (ushort)position;
                if (candidate >= position || Word(block, candidate) != word)
                {
                    position += misses++ >> 5;
                    continue;
                }

                if (position > literal)
                    written += Literal(block[literal..position], space[written..]);
                var length = 4 + Match(block[(candidate + 4)..], block[(position + 4)..]);
                written += Copies(position - candidate, length, space[written..]);
                position += length;
                literal = position;
                misses = 32;
                if (position <= limit)
                    _table[Hash(Word(block, position - 1))] = (ushort)(position - 1);
            }
        }

        return literal < block.Length ? written + Literal(block[literal..], space[written..]) : written;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Word(ReadOnlySpan<byte> block, int position) =>
        Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref MemoryMarshal.GetReference(block), position));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(uint word) => (word * 0x1E35A7BD) >> (32 - HashBits);

    /// <summary>How many bytes are the same in both.</summary>
    private static int Match(ReadOnlySpan<byte> earlier, ReadOnlySpan<byte> later)
    {
        var length = 0;
        while (later.Length - length >= sizeof(ulong))
        {
            var differing = BinaryPrimitives.ReadUInt64LittleEndian(earlier[length..]) ^ BinaryPrimitives.ReadUInt64LittleEndian(later[length..]);
            if (differing != 0)
                return length + (BitOperations.TrailingZeroCount(differing) >> 3);
            length += sizeof(ulong);
        }
        while (length < later.Length && earlier[length] == later[length])
            length++;
        return length;
    }

    private static int Literal(ReadOnlySpan<byte> bytes, Span<byte> space)
    {
        var (length, header) = (bytes.Length - 1, 1);
        switch (length)
        {
            case < 60:
                space[0] = (byte)(length << 2);
                break;
            case < 256:
                (space[0], space[1], header) = (60 << 2, (byte)length, 2);
                break;
            default:
                (space[0], header) = (61 << 2, 3);
                BinaryPrimitives.WriteUInt16LittleEndian(space[1..], (ushort)length);
                break;
        }
        bytes.CopyTo(space[header..]);
        return header + bytes.Length;
    }

    private static int Copies(int distance, int length, Span<byte> space)
    {
        var written = 0;
        // Never a rest of less than 4, which the short form could not say.
        for (; length > 64; length -= length is < 68 ? 60 : 64)
            written += LongCopy(distance, length < 68 ? 60 : 64, space[written..]);
        if (length >= 12 || distance >= 2048)
            return written + LongCopy(distance, length, space[written..]);
        space[written] = (byte)(((distance >> 8) << 5) | ((length - 4) << 2) | 1);
        space[written + 1] = (byte)distance;
        return written + 2;
    }

    private static int LongCopy(int distance, int length, Span<byte> space)
    {
        space[0] = (byte)(((length - 1) << 2) | 2);
        BinaryPrimitives.WriteUInt16LittleEndian(space[1..], (ushort)distance);
        return 3;
    }
}
