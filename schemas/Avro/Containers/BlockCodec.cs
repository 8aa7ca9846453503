using System.Buffers.Binary;
using Streaming.Shared;

namespace Streaming.Avro.Containers;

/// <summary>Compresses and decompresses blocks. Source: Avro specification 1.12, "Required Codecs" and "Optional Codecs".</summary>
internal static class BlockCodec
{
    /// <summary>The codec's name in the file's metadata.</summary>
    public static string Name(ContainerCodec codec) => codec switch
    {
        ContainerCodec.Null => "null",
        ContainerCodec.Deflate => "deflate",
        ContainerCodec.Snappy => "snappy",
        ContainerCodec.Zstandard => "zstandard",
        _ => throw new ArgumentOutOfRangeException(nameof(codec), codec, "No such codec."),
    };

    /// <exception cref="MalformedContainerException">The codec is unknown, or not served: bzip2 and xz.</exception>
    public static ContainerCodec Find(string name) => Enum.GetValues<ContainerCodec>().Where(codec => Name(codec) == name).Select(codec => (ContainerCodec?)codec).SingleOrDefault()
        ?? throw new MalformedContainerException($"The codec '{name}' is not known here: null, deflate, snappy and zstandard are.");

    /// <exception cref="CorruptRecordsException">The block is damaged, decompresses to more than the output takes, or libzstd is missing.</exception>
    public static void Decompress(ContainerCodec codec, byte[] block, BoundedBuffer output)
    {
        switch (codec)
        {
            case ContainerCodec.Null:
                output.Write(block);
                break;
            case ContainerCodec.Deflate:
                Deflated.Decode(block, isGzip: false, output);
                break;
            case ContainerCodec.Snappy:
                UnpackSnappy(block, output);
                break;
            default:
                Zstd.Decode(block, output);
                break;
        }
    }

    public static void Compress(ContainerCodec codec, ReadOnlySpan<byte> block, BoundedBuffer output)
    {
        switch (codec)
        {
            case ContainerCodec.Null:
                output.Write(block);
                break;
            case ContainerCodec.Deflate:
                Deflated.Encode(block, isGzip: false, output);
                break;
            case ContainerCodec.Snappy:
                PackSnappy(block, output);
                break;
            default:
                Zstd.Encode(block, output);
                break;
        }
    }

    // Behind the block its CRC-32, big-endian, before it was compressed.
    private static void UnpackSnappy(byte[] block, BoundedBuffer output)
    {
        if (block.Length < sizeof(uint))
            throw new CorruptRecordsException("A snappy block without its checksum.");
        var start = output.Length;
        Snappy.Decode(block.AsSpan(..^sizeof(uint)), output);
        if (Crc32.Of(output.Written[start..]) != BinaryPrimitives.ReadUInt32BigEndian(block.AsSpan(^sizeof(uint)..)))
            throw new CorruptRecordsException("The checksum of a snappy block is wrong.");
    }

    private static void PackSnappy(ReadOnlySpan<byte> block, BoundedBuffer output)
    {
        output.Advance(new SnappyCompressor().Compress(block, output.GetSpan(SnappyCompressor.BytesMax(block.Length))));
        BinaryPrimitives.WriteUInt32BigEndian(output.GetSpan(sizeof(uint)), Crc32.Of(block));
        output.Advance(sizeof(uint));
    }
}
