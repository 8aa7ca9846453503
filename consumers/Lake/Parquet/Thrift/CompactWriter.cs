namespace Streaming.Lake.Parquet.Thrift;

/// <summary>What a field or an element of a list is, in Thrift's compact protocol.</summary>
internal enum CompactType : byte
{
    Stop = 0,
    True = 1,
    False = 2,
    Byte = 3,
    Int16 = 4,
    Int32 = 5,
    Int64 = 6,
    Double = 7,
    Binary = 8,
    List = 9,
    Set = 10,
    Map = 11,
    Struct = 12,
}

/// <summary>Writes Thrift's compact protocol, as far as Parquet's metadata need it. Fields come by rising number.</summary>
internal sealed class CompactWriter(ByteBuffer output)
{
    private readonly Stack<int> _outer = new();
    private int _last;

    public void BeginStruct()
    {
        _outer.Push(_last);
        _last = 0;
    }

    public void EndStruct()
    {
        output.Add((byte)CompactType.Stop);
        _last = _outer.Pop();
    }

    public void BeginStruct(int field)
    {
        Header(field, CompactType.Struct);
        BeginStruct();
    }

    /// <summary>A struct that says all by being there.</summary>
    public void EmptyStruct(int field)
    {
        BeginStruct(field);
        EndStruct();
    }

    public void Boolean(int field, bool value) => Header(field, value ? CompactType.True : CompactType.False);

    public void Byte(int field, byte value)
    {
        Header(field, CompactType.Byte);
        output.Add(value);
    }

    public void Int16(int field, short value)
    {
        Header(field, CompactType.Int16);
        ZigZag(value);
    }

    public void Int32(int field, int value)
    {
        Header(field, CompactType.Int32);
        ZigZag(value);
    }

    public void Int64(int field, long value)
    {
        Header(field, CompactType.Int64);
        ZigZag(value);
    }

    public void Binary(int field, ReadOnlySpan<byte> value)
    {
        Header(field, CompactType.Binary);
        Element(value);
    }

    public void Text(int field, string value) => Binary(field, System.Text.Encoding.UTF8.GetBytes(value));

    public void BeginList(int field, CompactType elements, int count)
    {
        Header(field, CompactType.List);
        if (count < 15)
        {
            output.Add((byte)((count << 4) | (int)elements));
            return;
        }
        output.Add((byte)(0xF0 | (int)elements));
        output.AddVarint((uint)count);
    }

    /// <summary>An element of a list of numbers.</summary>
    public void Element(int value) => ZigZag(value);

    /// <summary>An element of a list of binary.</summary>
    public void Element(ReadOnlySpan<byte> value)
    {
        output.AddVarint((uint)value.Length);
        output.Add(value);
    }

    private void Header(int field, CompactType type)
    {
        var delta = field - _last;
        _last = field;
        if (delta is > 0 and < 16)
        {
            output.Add((byte)((delta << 4) | (int)type));
            return;
        }
        output.Add((byte)type);
        ZigZag(field);
    }

    private void ZigZag(long value) => output.AddVarint((ulong)((value << 1) ^ (value >> 63)));
}
