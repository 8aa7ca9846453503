using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace Streaming.Avro.Binary;

/// <summary>Reads Avro's binary encoding (specification 1.12, "Binary Encoding") from a span.</summary>
/// <remarks>Trusts nothing: a length is checked against the bytes that are left before anything is allocated for it; a varint may be padded but not
/// overflow its type; text must be UTF-8; an index must exist. Every failure is a <see cref="MalformedAvroException"/> that names the byte. What is not inlined is static:
/// who keeps the reader in a local, as generated code does, has its position in a register (Benchmarks avro).</remarks>
public ref struct AvroReader(ReadOnlySpan<byte> bytes)
{
    private const int IntBytesMax = 5;
    private const int LongBytesMax = 10;
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;
    private int _depth;
    private int _emptyItems;
    private long _records;

    /// <summary>How many bytes are read.</summary>
    public readonly int Position => _position;

    /// <summary>How many bytes are left.</summary>
    public readonly int Remaining => _bytes.Length - _position;

    /// <summary>A reader that goes on here, for what neither nests nor repeats: without the counts against hostile nesting it fits into registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly AvroReader Fork() => new(_bytes) { _position = _position };

    /// <summary>Goes on where a reader stopped that <see cref="Fork"/> gave.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Join(AvroReader fork) => _position = fork._position;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool ReadBoolean()
    {
        var value = ReadFixed(1)[0];
        if (value > 1)
            ThrowNoBoolean(_position - 1, value);
        return value == 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadInt()
    {
        var position = _position;
        if ((uint)position < (uint)_bytes.Length && _bytes[position] < 0x80)
        {
            _position = position + 1;
            uint zigzag = _bytes[position];
            return (int)(zigzag >> 1) ^ -(int)(zigzag & 1);
        }
        (var value, _position) = LongerInt(_bytes, position);
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadLong()
    {
        var position = _position;
        if ((uint)position < (uint)_bytes.Length && _bytes[position] < 0x80)
        {
            _position = position + 1;
            ulong zigzag = _bytes[position];
            return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
        }
        (var value, _position) = LongerLong(_bytes, position);
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float ReadFloat() => BinaryPrimitives.ReadSingleLittleEndian(ReadFixed(sizeof(float)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(ReadFixed(sizeof(double)));

    /// <summary>The bytes behind their length: a slice of what is read, not a copy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> ReadBytes()
    {
        var start = _position;
        var length = ReadLong();
        var position = _position;
        if ((ulong)length > (ulong)(_bytes.Length - position))
            ThrowTooLong(start, length, _bytes.Length - position);
        _position = position + (int)length;
        return _bytes.Slice(position, (int)length);
    }

    /// <summary>A copy of the bytes behind their length, for who keeps them.</summary>
    public ReadOnlyMemory<byte> CopyBytes() => ReadBytes().ToArray();

    /// <summary>A copy of so many bytes, for who keeps them.</summary>
    public ReadOnlyMemory<byte> CopyFixed(int sizeBytes) => ReadFixed(sizeBytes).ToArray();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public string ReadString()
    {
        var text = ReadBytes();
        return Text(text, _position - text.Length);
    }

    /// <summary>So many bytes: a slice of what is read, not a copy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> ReadFixed(int sizeBytes)
    {
        var position = _position;
        if ((uint)sizeBytes > (uint)(_bytes.Length - position))
            ThrowTooShort(position, sizeBytes, _bytes.Length - position);
        _position = position + sizeBytes;
        return _bytes.Slice(position, sizeBytes);
    }

    /// <summary>The branch of the value that follows, below the count of branches.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadUnionIndex(int branchCount) => ReadIndex(branchCount, "branch");

    /// <summary>The index of an enum's symbol, below the count of symbols.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadEnumIndex(int symbolCount) => ReadIndex(symbolCount, "symbol");

    /// <summary>How many items of an array or map follow before the next count; 0 at its end.</summary>
    /// <param name="itemBytesMin">The fewest bytes that an item can take: more items than the rest can hold are refused before anything is allocated.</param>
    public int ReadBlockCount(int itemBytesMin)
    {
        var start = _position;
        var count = ReadLong();
        if (count < 0)
        {
            // A negative count is followed by the block's size in bytes, for readers that skip it.
            count = -count;
            var sizeBytes = ReadLong();
            if (sizeBytes < 0 || sizeBytes > Remaining)
                throw Malformed(start, $"a block of {sizeBytes} bytes where {Remaining} are left");
        }
        // The second comparison catches the one count that has no positive counterpart.
        if (itemBytesMin > 0 ? count > Remaining / itemBytesMin || count < 0 : count is < 0 or > AvroLimits.EmptyItemsMax)
            throw Malformed(start, $"a block of {count} items where {Remaining} bytes are left");
        if (itemBytesMin == 0 && (_emptyItems += (int)count) > AvroLimits.EmptyItemsMax)
            throw Malformed(start, $"more than {AvroLimits.EmptyItemsMax} items without a byte");
        return (int)count;
    }

    /// <summary>Called around a record that can contain itself, so that hostile nesting is an error and not the end of the process.</summary>
    public void Enter()
    {
        if (++_depth > AvroLimits.DepthMax)
            throw Malformed(_position, $"more than {AvroLimits.DepthMax} records within one another");
        // Without a byte, sixty records that each hold the one before twice would keep a reader busy for years.
        if (++_records > AvroLimits.EmptyItemsMax + ((long)AvroLimits.DepthMax * _bytes.Length))
            throw Malformed(_position, $"more records than {_bytes.Length} bytes can hold");
    }

    /// <summary>Ends what <see cref="Enter"/> began.</summary>
    public void Leave() => _depth--;

    /// <summary>Insists that everything is read: a payload is one value and nothing more.</summary>
    public readonly void ReadEnd()
    {
        if (Remaining > 0)
            throw Malformed(_position, $"{Remaining} bytes after the end of the value");
    }

    /// <summary>What was read since that position.</summary>
    internal readonly ReadOnlySpan<byte> Since(int start) => _bytes[start.._position];

    /// <summary>Goes to a position that was read before.</summary>
    internal void Seek(int position) => _position = position;

    /// <summary>The error for a value that is wrong at that byte.</summary>
    internal static MalformedAvroException Malformed(int position, string what) => new(position, what);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int ReadIndex(int count, string what)
    {
        var start = _position;
        var index = ReadInt();
        if ((uint)index >= (uint)count)
            ThrowNoSuchIndex(start, index, count, what);
        return index;
    }

    // Throwing stands apart, so that the ways that are taken stay small enough to inline.
    [DoesNotReturn]
    private static void ThrowTooShort(int position, int sizeBytes, int remaining) => throw Malformed(position, $"{sizeBytes} bytes are wanted, {remaining} are left");

    [DoesNotReturn]
    private static void ThrowTooLong(int start, long length, int remaining) => throw Malformed(start, $"a length of {length} where {remaining} bytes are left");

    [DoesNotReturn]
    private static void ThrowNoSuchIndex(int position, int index, int count, string what) => throw Malformed(position, $"{what} {index} of {count}");

    [DoesNotReturn]
    private static void ThrowNoBoolean(int position, byte value) => throw Malformed(position, $"a boolean is 0 or 1, not {value}");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string Text(ReadOnlySpan<byte> text, int start)
    {
        // Most texts are ASCII, which takes half the time of UTF-8 (Benchmarks avro).
        if (Ascii.IsValid(text))
            return Encoding.Latin1.GetString(text);
        try
        {
            return _utf8.GetString(text);
        }
        catch (DecoderFallbackException invalid)
        {
            throw new MalformedAvroException(start, "a text that is no UTF-8", invalid);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (int Value, int Next) LongerInt(ReadOnlySpan<byte> bytes, int start)
    {
        var (zigzag, next) = VarintAt(bytes, start);
        if (zigzag > uint.MaxValue || next - start > IntBytesMax)
            throw Malformed(start, "a number beyond int");
        return ((int)((uint)zigzag >> 1) ^ -(int)(zigzag & 1), next);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (long Value, int Next) LongerLong(ReadOnlySpan<byte> bytes, int start)
    {
        var (zigzag, next) = VarintAt(bytes, start);
        return ((long)(zigzag >> 1) ^ -(long)(zigzag & 1), next);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (ulong Value, int Next) VarintAt(ReadOnlySpan<byte> bytes, int start)
    {
        var rest = bytes[start..];
        if (rest.Length >= sizeof(ulong))
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(rest);
            var sizeBytes = Varint.BytesIn(word);
            if (sizeBytes <= sizeof(ulong))
                return (Varint.FromWord(word, sizeBytes), start + sizeBytes);
        }
        return ByteByByte(rest, start);
    }

    /// <summary>Near the end of the bytes, and for the largest numbers.</summary>
    private static (ulong Value, int Next) ByteByByte(ReadOnlySpan<byte> rest, int start)
    {
        ulong value = 0;
        for (var i = 0; i < rest.Length && i < LongBytesMax; i++)
        {
            value |= (ulong)(rest[i] & 0x7F) << (7 * i);
            if (rest[i] >= 0x80)
                continue;
            // Of the tenth byte a single bit is left.
            if (i == LongBytesMax - 1 && rest[i] > 1)
                break;
            return (value, start + i + 1);
        }
        throw Malformed(start, rest.Length < LongBytesMax ? "the bytes end within a number" : "a number beyond long");
    }
}
