using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Streaming.Shared;

/// <summary>Deflate, by .NET's own library: bare (RFC 1951), or as gzip (RFC 1952).</summary>
internal static class Deflated
{
    private const int ChunkBytes = 4_096;

    /// <exception cref="CorruptRecordsException">They are not what they should be, or too much.</exception>
    public static void Decode(ReadOnlyMemory<byte> compressed, bool isGzip, BoundedBuffer output)
    {
        var bytes = MemoryMarshal.TryGetArray(compressed, out var segment) ? segment : new ArraySegment<byte>(compressed.ToArray());
        using var source = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count);
        using Stream inflated = isGzip ? new GZipStream(source, CompressionMode.Decompress) : new DeflateStream(source, CompressionMode.Decompress);
        try
        {
            while (inflated.Read(output.GetSpan(ChunkBytes)) is var read and > 0)
                output.Advance(read);
        }
        catch (InvalidDataException cause)
        {
            throw new CorruptRecordsException($"The {(isGzip ? "gzip" : "deflate")} data is damaged.", cause);
        }
    }

    public static void Encode(ReadOnlySpan<byte> bytes, bool isGzip, BoundedBuffer output)
    {
        using var deflated = new MemoryStream();
        using (Stream stream = isGzip ? new GZipStream(deflated, CompressionLevel.Optimal, leaveOpen: true) : new DeflateStream(deflated, CompressionLevel.Optimal, leaveOpen: true))
            stream.Write(bytes);
        output.Write(deflated.GetBuffer().AsSpan(0, (int)deflated.Length));
    }
}
