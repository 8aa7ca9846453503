namespace Streaming.Lake.Parquet.Thrift;

/// <summary>Reads Thrift's compact protocol from a span. A length is checked against the bytes that are left before anything is made of it.</summary>
internal ref struct CompactReader(ReadOnlySpan<byte> bytes)
{
    private const int DepthMax = 32;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;
    private int _depth;
    private bool _boolean;

    public readonly int Position => _position;

    /// <summary>The next field of the struct that is being read; false at its end.</summary>
    /// <param name="last">Number of the field before, 0 at first; afterwards that of this one.</param>
    public bool ReadField(scoped ref int last, out CompactType type)
    {
        var header = ReadByte();
        type = (CompactType)(header & 0x0F);
        if (type == CompactType.Stop)
            return false;
        if (type > CompactType.Struct)
            throw Malformed($"a field of type {(int)type}");
        var delta = header >> 4;
        last = delta == 0 ? checked((short)ReadInt()) : last + delta;
        _boolean = type == CompactType.True;
        return true;
    }

    /// <summary>The value of the boolean field whose header was just read: it is in the header.</summary>
    public readonly bool ReadBoolean() => _boolean;

    public byte ReadByte() => (uint)_position < (uint)_bytes.Length ? _bytes[_position++] : throw Malformed("the bytes end within a value");

    public int ReadInt()
    {
        var value = ReadLong();
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw Malformed($"the number {value}, too large");
    }

    public long ReadLong()
    {
        var zigzag = ReadVarint();
        return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
    }

    /// <summary>A slice of what is read.</summary>
    public ReadOnlySpan<byte> ReadBinary()
    {
        var length = ReadVarint();
        if (length > (ulong)(_bytes.Length - _position))
            throw Malformed($"a length of {length} where {_bytes.Length - _position} bytes are left");
        var value = _bytes.Slice(_position, (int)length);
        _position += (int)length;
        return value;
    }

    public string ReadText() => System.Text.Encoding.UTF8.GetString(ReadBinary());

    /// <summary>How many elements follow. There are never more than bytes: the shortest element takes one.</summary>
    public int ReadList(out CompactType elements)
    {
        var header = ReadByte();
        elements = (CompactType)(header & 0x0F);
        var count = (ulong)(header >> 4);
        if (count == 15)
            count = ReadVarint();
        return count <= (ulong)(_bytes.Length - _position) ? (int)count : throw Malformed($"a list of {count} where {_bytes.Length - _position} bytes are left");
    }

    /// <summary>Around a struct within a struct, so that hostile nesting is an error and not the end of the process.</summary>
    public void Enter()
    {
        if (++_depth > DepthMax)
            throw Malformed($"more than {DepthMax} structs within one another");
    }

    public void Leave() => _depth--;

    /// <summary>Passes over a value that the caller has no use for.</summary>
    public void Skip(CompactType type)
    {
        switch (type)
        {
            case CompactType.True or CompactType.False: break;
            case CompactType.Byte: ReadByte(); break;
            case CompactType.Int16 or CompactType.Int32 or CompactType.Int64: ReadVarint(); break;
            case CompactType.Double: Take(sizeof(double)); break;
            case CompactType.Binary: ReadBinary(); break;
            case CompactType.List or CompactType.Set: SkipList(); break;
            case CompactType.Struct: SkipStruct(); break;
            default: throw Malformed($"a value of type {(int)type}");
        }
    }

    private void SkipList()
    {
        Enter();
        var count = ReadList(out var elements);
        for (var i = 0; i < count; i++)
        {
            // Booleans take a byte each here, and none in a field's header.
            if (elements is CompactType.True or CompactType.False)
                ReadByte();
            else
                Skip(elements);
        }
        Leave();
    }

    private void SkipStruct()
    {
        Enter();
        for (var last = 0; ReadField(ref last, out var type);)
            Skip(type);
        Leave();
    }

    private void Take(int sizeBytes)
    {
        if (_bytes.Length - _position < sizeBytes)
            throw Malformed("the bytes end within a value");
        _position += sizeBytes;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = ReadByte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw Malformed("a number beyond 64 bits");
    }

    private readonly MalformedParquetException Malformed(string what) => new($"Damaged metadata at byte {_position}: {what}.");
}
