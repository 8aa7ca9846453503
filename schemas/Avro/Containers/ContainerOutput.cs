using Streaming.Avro.Binary;

namespace Streaming.Avro.Containers;

/// <summary>Numbers as Avro writes them, to a stream.</summary>
internal static class ContainerOutput
{
    private const int LongBytesMax = 10;

    public static void WriteLong(Stream output, long value)
    {
        Span<byte> place = stackalloc byte[LongBytesMax];
        var writer = new AvroWriter(place);
        writer.WriteLong(value);
        output.Write(place[..writer.Written]);
    }
}
