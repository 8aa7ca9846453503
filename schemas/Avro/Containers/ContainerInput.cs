using Streaming.Avro.Binary;

namespace Streaming.Avro.Containers;

/// <summary>Reads a stream piece by piece, and knows how far it has come.</summary>
internal sealed class ContainerInput(Stream stream)
{
    private const int LongBytesMax = 10;

    // What a length alone, which may be a lie, can have allocated at once.
    private const int ChunkBytes = 1 << 20;

    public long Position { get; private set; }

    /// <summary>Whether the stream is at its end.</summary>
    /// <param name="first">Otherwise the byte that was read to find out.</param>
    public bool IsAtEnd(out byte first)
    {
        var next = stream.ReadByte();
        first = (byte)next;
        if (next >= 0)
            Position++;
        return next < 0;
    }

    /// <exception cref="MalformedContainerException">The stream ends before, or it is no number.</exception>
    public long ReadLong(string what) => IsAtEnd(out var first) ? throw Ended(what) : ReadLong(first, what);

    /// <summary>A number whose first byte was read.</summary>
    public long ReadLong(byte first, string what)
    {
        Span<byte> number = stackalloc byte[LongBytesMax];
        number[0] = first;
        var count = 1;
        for (; number[count - 1] >= 0x80 && count < LongBytesMax; count++)
        {
            if (IsAtEnd(out number[count]))
                throw Ended(what);
        }

        try
        {
            return new AvroReader(number[..count]).ReadLong();
        }
        catch (MalformedAvroException cause)
        {
            throw new MalformedContainerException($"{Place(what)}: a number beyond long.", cause);
        }
    }

    /// <exception cref="MalformedContainerException">The stream ends before.</exception>
    public byte[] ReadBytes(int count, string what)
    {
        var bytes = new byte[Math.Min(count, ChunkBytes)];
        for (var read = 0; read < count;)
        {
            if (read == bytes.Length)
                Array.Resize(ref bytes, (int)Math.Min(count, bytes.Length * 2L));
            var some = stream.Read(bytes, read, bytes.Length - read);
            if (some == 0)
                throw Ended(what);
            read += some;
            Position += some;
        }

        return bytes;
    }

    private MalformedContainerException Ended(string what) => new($"{Place(what)}: the file ends.");

    private string Place(string what) => $"At byte {Position}, within {what}";
}
