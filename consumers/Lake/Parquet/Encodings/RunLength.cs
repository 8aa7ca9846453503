using System.Numerics;

namespace Streaming.Lake.Parquet.Encodings;

/// <summary>Small numbers as runs of one value and as groups of eight, packed bit by bit: levels, and indices into a dictionary
/// (parquet-format, "Run Length Encoding / Bit-Packing Hybrid").</summary>
internal static class RunLength
{
    private const int GroupSize = 8;

    /// <param name="bitWidth">Of the largest value there may be.</param>
    public static void Encode<T>(ReadOnlySpan<T> values, int bitWidth, ByteBuffer output)
        where T : unmanaged, IBinaryInteger<T>
    {
        while (!values.IsEmpty)
        {
            var run = Run(values);
            if (run >= GroupSize)
            {
                output.AddVarint((ulong)run << 1);
                AddNumber(output, uint.CreateTruncating(values[0]), (bitWidth + 7) / 8);
                values = values[run..];
                continue;
            }

            var packed = PackedLength(values);
            Pack(values[..packed], bitWidth, output);
            values = values[packed..];
        }
    }

    /// <summary>Reads so many values; what is behind them stays unread.</summary>
    /// <returns>How many bytes they took.</returns>
    /// <exception cref="MalformedParquetException">The bytes end before, or hold a value above <paramref name="max"/>.</exception>
    public static int Decode<T>(ReadOnlySpan<byte> input, int bitWidth, long max, Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (bitWidth is < 0 or > 32)
            throw new MalformedParquetException($"Numbers of {bitWidth} bits.");
        var position = 0;
        while (!values.IsEmpty)
        {
            var header = ReadVarint(input, ref position);
            var count = header >> 1;
            if (count == 0)
                throw new MalformedParquetException("A run of nothing.");
            var taken = (header & 1) == 0
                ? Repeat(input, ref position, bitWidth, max, values[..(int)Math.Min(count, (ulong)values.Length)])
                : Unpack(input, ref position, bitWidth, max, count, values);
            values = values[taken..];
        }
        return position;
    }

    private static int Run<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        var end = values.IndexOfAnyExcept(values[0]);
        return end < 0 ? values.Length : end;
    }

    /// <summary>How many values to pack: whole groups, until a run begins that is worth its header, or the end.</summary>
    private static int PackedLength<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (var start = GroupSize; start < values.Length; start += GroupSize)
        {
            if (values.Length - start >= GroupSize && Run(values.Slice(start, GroupSize)) == GroupSize)
                return start;
        }
        return values.Length;
    }

    private static void Pack<T>(ReadOnlySpan<T> values, int bitWidth, ByteBuffer output)
        where T : unmanaged, IBinaryInteger<T>
    {
        var groups = (values.Length + GroupSize - 1) / GroupSize;
        output.AddVarint(((ulong)groups << 1) | 1);
        var sizeBytes = groups * bitWidth;
        var space = output.Reserve(sizeBytes)[..sizeBytes];
        ulong bits = 0;
        var (count, written) = (0, 0);
        foreach (var value in values)
        {
            bits |= (ulong)uint.CreateTruncating(value) << count;
            for (count += bitWidth; count >= 8; count -= 8)
            {
                space[written++] = (byte)bits;
                bits >>= 8;
            }
        }
        if (written < sizeBytes)
        {
            space[written++] = (byte)bits;
            space[written..].Clear();
        }
        output.Advance(sizeBytes);
    }

    private static int Repeat<T>(ReadOnlySpan<byte> input, ref int position, int bitWidth, long max, Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        uint value = 0;
        var sizeBytes = (bitWidth + 7) / 8;
        if (input.Length - position < sizeBytes)
            throw TooShort();
        for (var i = 0; i < sizeBytes; i++)
            value |= (uint)input[position++] << (8 * i);
        Check(value, max);
        values.Fill(T.CreateTruncating(value));
        return values.Length;
    }

    private static int Unpack<T>(ReadOnlySpan<byte> input, ref int position, int bitWidth, long max, ulong groups, Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        // The last group may be cut short where nothing is needed of it any more.
        var available = (ulong)(input.Length - position) * 8;
        var count = (int)Math.Min((ulong)values.Length, groups > int.MaxValue / GroupSize ? int.MaxValue : groups * GroupSize);
        if ((ulong)count * (ulong)bitWidth > available)
            throw TooShort();
        var mask = (1UL << bitWidth) - 1;
        ulong bits = 0;
        var (held, next) = (0, position);
        for (var i = 0; i < count; i++)
        {
            for (; held < bitWidth; held += 8)
                bits |= (ulong)input[next++] << held;
            var value = bits & mask;
            Check(value, max);
            values[i] = T.CreateTruncating(value);
            bits >>= bitWidth;
            held -= bitWidth;
        }
        position += (int)Math.Min((ulong)(input.Length - position), groups > int.MaxValue ? int.MaxValue : groups * (ulong)bitWidth);
        return count;
    }

    private static void Check(ulong value, long max)
    {
        if (value > (ulong)max)
            throw new MalformedParquetException($"A level or an index {value} where {max} is the highest.");
    }

    private static void AddNumber(ByteBuffer output, uint value, int sizeBytes)
    {
        for (var i = 0; i < sizeBytes; i++)
            output.Add((byte)(value >> (8 * i)));
    }

    private static ulong ReadVarint(ReadOnlySpan<byte> input, ref int position)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64 && position < input.Length; shift += 7)
        {
            var next = input[position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw TooShort();
    }

    private static MalformedParquetException TooShort() => new("The bytes end within a run.");
}
