using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Streaming.Broker.Records.Compression;

/// <summary>gzip, by .NET's own library.</summary>
internal static class Gzip
{
    /// <exception cref="CorruptRecordsException">They are not gzip, or too much.</exception>
    public static void Decode(ReadOnlyMemory<byte> compressed, BoundedBuffer output)
    {
        using var gzip = new GZipStream(new MemoryStream(Array(compressed), Offset(compressed), compressed.Length), CompressionMode.Decompress);
        try
        {
            while (gzip.Read(output.GetSpan(4_096)) is var read and > 0)
                output.Advance(read);
        }
        catch (InvalidDataException cause)
        {
            throw new CorruptRecordsException("The gzip data is damaged.", cause);
        }
    }

    public static void Encode(ReadOnlySpan<byte> records, BoundedBuffer output)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(records);
        output.Write(compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
    }

    private static byte[] Array(ReadOnlyMemory<byte> bytes) => MemoryMarshal.TryGetArray(bytes, out var segment) ? segment.Array! : bytes.ToArray();

    private static int Offset(ReadOnlyMemory<byte> bytes) => MemoryMarshal.TryGetArray(bytes, out var segment) ? segment.Offset : 0;
}
