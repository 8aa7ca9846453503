using System.IO.Compression;

namespace Streaming.Lake.Parquet.Encodings;

/// <summary>Pages to their compressed form and back.</summary>
internal static class Compressions
{
    /// <exception cref="MalformedParquetException">The bytes are not what they say.</exception>
    /// <exception cref="UnsupportedParquetException">.NET has no reader for this compression, and neither have we.</exception>
    public static void Decompress(Compression compression, ReadOnlySpan<byte> input, Span<byte> output)
    {
        switch (compression)
        {
            case Compression.None when input.Length == output.Length: input.CopyTo(output); break;
            case Compression.None: throw new MalformedParquetException($"A page of {output.Length} bytes in {input.Length}, not compressed.");
            case Compression.Snappy: SnappyDecompressor.Decompress(input, output); break;
            case Compression.Gzip: Inflate(input, output); break;
            case Compression.Brotli: Unbrotli(input, output); break;
            default: throw new UnsupportedParquetException($"The file is compressed with {compression}; known are none, Snappy, Gzip and Brotli. Write it again with one of these.");
        }
    }

    private static void Unbrotli(ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (!BrotliDecoder.TryDecompress(input, output, out var written) || written != output.Length)
            throw new MalformedParquetException($"A Brotli page that is damaged, or not of {output.Length} bytes.");
    }

    private static void Inflate(ReadOnlySpan<byte> input, Span<byte> output)
    {
        try
        {
            using var source = new MemoryStream(input.ToArray(), writable: false);
            using var gzip = new GZipStream(source, CompressionMode.Decompress);
            gzip.ReadExactly(output);
            if (gzip.ReadByte() >= 0)
                throw new MalformedParquetException($"A Gzip page of more than {output.Length} bytes.");
        }
        catch (Exception cause) when (cause is InvalidDataException or EndOfStreamException)
        {
            throw new MalformedParquetException("A Gzip page that is damaged.", cause);
        }
    }
}
