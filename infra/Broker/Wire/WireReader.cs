using System.Buffers.Binary;
using System.Text;

namespace Streaming.Broker.Wire;

/// <summary>Reads one element of an array.</summary>
internal delegate T ReadElement<out T>(ref WireReader reader);

/// <summary>Reads the content of one tagged field. What it leaves unread is skipped, so that unknown tags need nothing done.</summary>
internal delegate void ReadTag(uint tag, ref WireReader content);

/// <summary>
/// Reads Kafka primitives (big-endian) from one whole frame. Slices, never copies, and checks every length before anything is allocated for it.
/// </summary>
/// <remarks>
/// Strings, bytes and arrays are read in the encoding of the message at hand: compact where it is flexible (KIP-482), the old one otherwise.
/// A codec therefore names a field once, and asks <see cref="Version"/> only whether the field exists.
/// What <see cref="ReadBytes"/> returns is valid until the request is answered: the frame's buffer is reused then.
/// </remarks>
/// <param name="elementsMax">Most elements of arrays in the whole message: in memory each is many times its bytes.</param>
internal ref struct WireReader(ReadOnlyMemory<byte> frame, short version = 0, bool isFlexible = false, int elementsMax = int.MaxValue)
{
    /// <summary>Longest string, as UTF-8.</summary>
    public const int TextBytesMax = short.MaxValue;

    private const int ReplacementBytes = 3; // U+FFFD
    private const int VarintBytesMax = 5;
    private const int VarlongBytesMax = 10;

    private readonly ReadOnlyMemory<byte> _frame = frame;
    private readonly ReadOnlySpan<byte> _bytes = frame.Span;
    private int _position;
    private int _elementsLeft = elementsMax;

    /// <summary>Version of the API that the message is in.</summary>
    public readonly short Version => version;

    public readonly bool IsFlexible => isFlexible;

    public readonly int Remaining => _bytes.Length - _position;

    public bool ReadBoolean() => ReadInt8() != 0;

    public sbyte ReadInt8() => (sbyte)Take(sizeof(sbyte))[0];

    public short ReadInt16() => BinaryPrimitives.ReadInt16BigEndian(Take(sizeof(short)));

    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    public long ReadInt64() => BinaryPrimitives.ReadInt64BigEndian(Take(sizeof(long)));

    public double ReadDouble() => BinaryPrimitives.ReadDoubleBigEndian(Take(sizeof(double)));

    public Guid ReadUuid() => new(Take(16), bigEndian: true);

    public uint ReadUnsignedVarint() => (uint)ReadVariable(VarintBytesMax);

    /// <summary>A zigzag varint, as records use them.</summary>
    public int ReadVarint()
    {
        var raw = ReadUnsignedVarint();
        return (int)(raw >> 1) ^ -(int)(raw & 1);
    }

    /// <summary>A zigzag varlong, as records use them.</summary>
    public long ReadVarlong()
    {
        var raw = ReadVariable(VarlongBytesMax);
        return (long)(raw >> 1) ^ -(long)(raw & 1);
    }

    public string ReadString() => ReadNullableString() ?? throw new MalformedFrameException("A string that must not be null is null.");

    public string? ReadNullableString()
    {
        var sizeBytes = isFlexible ? ReadCompactLength() : ReadInt16();
        return ReadText(sizeBytes);
    }

    /// <summary>A nullable string in the old encoding, which the client id of the request header keeps in every version.</summary>
    public string? ReadClassicNullableString() => ReadText(ReadInt16());

    public ReadOnlyMemory<byte> ReadBytes() =>
        ReadNullableBytes() ?? throw new MalformedFrameException("Bytes that must not be null are null.");

    public ReadOnlyMemory<byte>? ReadNullableBytes()
    {
        var sizeBytes = isFlexible ? ReadCompactLength() : ReadInt32();
        return sizeBytes switch
        {
            -1 => (ReadOnlyMemory<byte>?)null, // Without the cast, null becomes empty memory: a conversion from arrays takes it.
            < 0 => throw new MalformedFrameException($"Bytes of length {sizeBytes}."),
            _ => TakeMemory(sizeBytes),
        };
    }

    /// <summary>The next bytes as they are, without a length.</summary>
    public ReadOnlyMemory<byte> ReadRaw(int sizeBytes) => TakeMemory(sizeBytes);

    public T[] ReadArray<T>(ReadElement<T> readElement) =>
        ReadNullableArray(readElement) ?? throw new MalformedFrameException("An array that must not be null is null.");

    public T[]? ReadNullableArray<T>(ReadElement<T> readElement)
    {
        var count = isFlexible ? ReadCompactLength() : ReadInt32();
        if (count == -1)
            return null;
        // Every element takes at least a byte, so a count beyond the frame is a lie, found before memory is spent on it.
        if ((uint)count > (uint)Remaining)
            throw new MalformedFrameException($"An array of {count} elements in {Remaining} bytes.");
        if (count > _elementsLeft)
            throw new MalformedFrameException($"An array of {count} elements, where {_elementsLeft} more are accepted.");
        _elementsLeft -= count;
        if (count == 0)
            return [];
        // A small first guess, because an element in memory is larger than its bytes: a hostile frame pays for what it sends.
        var elements = new List<T>(Math.Min(count, 64));
        for (var i = 0; i < count; i++)
            elements.Add(readElement(ref this));
        return [.. elements];
    }

    public int[] ReadInt32Array() => ReadArray(static (ref r) => r.ReadInt32());

    public string[] ReadStringArray() => ReadArray(static (ref r) => r.ReadString());

    /// <summary>Skips tagged fields, which are optional by definition. Does nothing in a message that is not flexible.</summary>
    public void SkipTags() => ReadTags(static (_, ref _) => { });

    /// <summary>Reads tagged fields. Does nothing in a message that is not flexible.</summary>
    public void ReadTags(ReadTag readTag)
    {
        if (!isFlexible)
            return;
        for (var left = ReadUnsignedVarint(); left > 0; left--)
        {
            var tag = ReadUnsignedVarint();
            var sizeBytes = ReadUnsignedVarint();
            if (sizeBytes > (uint)Remaining)
                throw new MalformedFrameException($"A tagged field of {sizeBytes} bytes, {Remaining} left.");
            var content = new WireReader(TakeMemory((int)sizeBytes), version, isFlexible);
            readTag(tag, ref content);
        }
    }

    /// <summary>A message must end where its frame ends.</summary>
    public readonly void ExpectEnd()
    {
        if (Remaining > 0)
            throw new MalformedFrameException($"{Remaining} bytes after the end of the message.");
    }

    private int ReadCompactLength()
    {
        var raw = ReadUnsignedVarint();
        if (raw > int.MaxValue)
            throw new MalformedFrameException($"A compact length of {raw}.");
        return (int)raw - 1;
    }

    // The old encoding has two bytes for the length, and Kafka takes no longer ones in the compact one either: what is read can be written again. Bytes that are no
    // UTF-8 grow by that.
    private string? ReadText(int sizeBytes)
    {
        if (sizeBytes == -1)
            return null;
        if (sizeBytes is < 0 or > TextBytesMax)
            throw new MalformedFrameException($"A string of length {sizeBytes}.");
        var text = Encoding.UTF8.GetString(Take(sizeBytes));
        return sizeBytes <= TextBytesMax / ReplacementBytes || Encoding.UTF8.GetByteCount(text) <= TextBytesMax
            ? text
            : throw new MalformedFrameException($"A string of length {sizeBytes} that is no UTF-8.");
    }

    private ulong ReadVariable(int bytesMax)
    {
        ulong value = 0;
        for (var i = 0; i < bytesMax; i++)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
                return value;
        }

        throw new MalformedFrameException($"A varint longer than {bytesMax} bytes.");
    }

    private ReadOnlyMemory<byte> TakeMemory(int sizeBytes)
    {
        var start = _position;
        Take(sizeBytes);
        return _frame.Slice(start, sizeBytes);
    }

    private ReadOnlySpan<byte> Take(int sizeBytes)
    {
        if ((uint)sizeBytes > (uint)Remaining)
            throw new MalformedFrameException($"{sizeBytes} bytes wanted, {Remaining} left.");
        var taken = _bytes.Slice(_position, sizeBytes);
        _position += sizeBytes;
        return taken;
    }
}
