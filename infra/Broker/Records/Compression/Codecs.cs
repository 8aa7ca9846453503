namespace Streaming.Broker.Records.Compression;

/// <summary>The codecs of record batches, by the number in a batch's attributes: 1 gzip, 2 snappy, 3 LZ4, 4 zstd.</summary>
/// <remarks>All are read. gzip and zstd are also written; snappy and LZ4 have no encoder here.</remarks>
internal static class Codecs
{
    public const int None = 0;
    private const int GzipCodec = 1;
    private const int SnappyCodec = 2;
    private const int Lz4Codec = 3;
    private const int ZstdCodec = 4;

    public static bool CanEncode(int compression) => compression is GzipCodec or ZstdCodec;

    /// <summary>Whether this machine has the codec.</summary>
    public static bool CanDecode(int compression) => compression != ZstdCodec || Zstd.IsPresent;

    /// <summary>Decompresses a batch's records.</summary>
    /// <exception cref="CorruptRecordsException">They are damaged, or more than the output takes.</exception>
    public static void Decode(int compression, ReadOnlyMemory<byte> compressed, BoundedBuffer output)
    {
        switch (compression)
        {
            case GzipCodec:
                Deflated.Decode(compressed, isGzip: true, output);
                break;
            case SnappyCodec:
                Snappy.Decode(compressed.Span, output);
                break;
            case Lz4Codec:
                Lz4.Decode(compressed.Span, output);
                break;
            case ZstdCodec:
                Zstd.Decode(compressed, output);
                break;
            default:
                throw new CorruptRecordsException($"Compression {compression} is unknown.");
        }
    }

    public static void Encode(int compression, ReadOnlySpan<byte> records, BoundedBuffer output)
    {
        if (compression == GzipCodec)
            Deflated.Encode(records, isGzip: true, output);
        else
            Zstd.Encode(records, output);
    }
}
