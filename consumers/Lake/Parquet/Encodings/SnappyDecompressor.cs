namespace Streaming.Lake.Parquet.Encodings;

/// <summary>Reads Snappy's raw format. Trusts nothing: neither the length that it begins with, nor a copy's distance.</summary>
internal static class SnappyDecompressor
{
    /// <param name="output">Of exactly the length that the bytes announce: its owner knows it from elsewhere, and allocated it on that word.</param>
    /// <exception cref="MalformedParquetException">The bytes are not what they say.</exception>
    public static void Decompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var position = 0;
        var announced = ReadLength(input, ref position);
        if (announced != (uint)output.Length)
            throw new MalformedParquetException($"A Snappy block of {announced} bytes where {output.Length} are due.");
        var written = 0;
        while (position < input.Length)
        {
            var tag = input[position++];
            if ((tag & 3) == 0)
                CopyLiteral(input, ref position, tag, output, ref written);
            else
                CopyEarlier(input, ref position, tag, output, ref written);
        }

        if (written != output.Length)
            throw new MalformedParquetException($"A Snappy block ends after {written} of {output.Length} bytes.");
    }

    private static uint ReadLength(ReadOnlySpan<byte> input, ref int position)
    {
        uint length = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var next = Number(input, ref position, 1);
            length |= (next & 0x7F) << shift;
            if (next < 0x80)
                return length;
        }
        throw new MalformedParquetException("A Snappy block whose length is no number.");
    }

    private static void CopyLiteral(ReadOnlySpan<byte> input, ref int position, byte tag, Span<byte> output, ref int written)
    {
        var length = (uint)(tag >> 2);
        if (length >= 60)
            length = Number(input, ref position, (int)length - 59);
        if (length >= (uint)(input.Length - position) || length >= (uint)(output.Length - written))
            throw new MalformedParquetException("A Snappy literal goes beyond its block.");
        var count = (int)length + 1;
        input.Slice(position, count).CopyTo(output[written..]);
        position += count;
        written += count;
    }

    private static void CopyEarlier(ReadOnlySpan<byte> input, ref int position, byte tag, Span<byte> output, ref int written)
    {
        var (length, distance) = (tag & 3) switch
        {
            1 => (4 + ((tag >> 2) & 7), ((uint)(tag >> 5) << 8) | Number(input, ref position, 1)),
            2 => (1 + (tag >> 2), Number(input, ref position, 2)),
            _ => (1 + (tag >> 2), Number(input, ref position, 4)),
        };
        if (distance == 0 || distance > (uint)written || length > output.Length - written)
            throw new MalformedParquetException($"A Snappy copy of {length} bytes from {distance} before byte {written} of {output.Length}.");
        var from = written - (int)distance;
        if (distance >= (uint)length)
        {
            output.Slice(from, length).CopyTo(output[written..]);
            written += length;
            return;
        }

        // It overlaps itself: what is copied repeats.
        for (var i = 0; i < length; i++)
            output[written++] = output[from + i];
    }

    private static uint Number(ReadOnlySpan<byte> input, ref int position, int sizeBytes)
    {
        if (input.Length - position < sizeBytes)
            throw new MalformedParquetException("A Snappy block ends within a number.");
        uint value = 0;
        for (var i = 0; i < sizeBytes; i++)
            value |= (uint)input[position++] << (8 * i);
        return value;
    }
}
