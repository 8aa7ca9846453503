using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Streaming.Avro.Binary;

/// <summary>Writes Avro's binary encoding (specification 1.12, "Binary Encoding") into a span. Allocates nothing.</summary>
/// <remarks>When the span is full the writer turns <see cref="IsOverflown"/> and drops what follows, instead of throwing: who encodes into a
/// buffer of his own choice tries again with a larger one, without the price of an exception. What is not inlined is static and returns where it stopped: who keeps
/// the writer in a local, as generated code does, has its position in a register (Benchmarks avro).</remarks>
public ref struct AvroWriter(Span<byte> buffer)
{
    /// <summary>The longest length that takes one byte.</summary>
    private const int OneByteLengthMax = 63;

    private const int Int128Bytes = 16;

    // As Java and Python have it; the NaN of .NET has its sign bit set.
    private const uint FloatNaN = 0x7FC0_0000;
    private const ulong DoubleNaN = 0x7FF8_0000_0000_0000;

    /// <summary>Behind every buffer's end. Nothing fits from here on, not even what is smaller: otherwise later fields would follow a gap.</summary>
    private const int Overflown = int.MaxValue;

    private readonly Span<byte> _buffer = buffer;
    private int _position;
    private int _depth;

    /// <summary>How many bytes are written.</summary>
    public readonly int Written => IsOverflown ? _buffer.Length : _position;

    /// <summary>True when the span could not hold everything. What is in it is of no use then.</summary>
    public readonly bool IsOverflown => _position == Overflown;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteBoolean(bool value) => _position = Put(_buffer, _position, value ? (byte)1 : (byte)0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteInt(int value)
    {
        var zigzag = (uint)((value << 1) ^ (value >> 31));
        _position = zigzag < 0x80 ? Put(_buffer, _position, (byte)zigzag) : PutVarint(_buffer, _position, zigzag);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteLong(long value)
    {
        var zigzag = (ulong)((value << 1) ^ (value >> 63));
        _position = zigzag < 0x80 ? Put(_buffer, _position, (byte)zigzag) : PutVarint(_buffer, _position, zigzag);
    }

    /// <summary>Writes four bytes. Every NaN becomes the same one, so that equal values have equal bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteFloat(float value) => _position = PutFloat(_buffer, _position, value);

    /// <summary>Writes eight bytes. Every NaN becomes the same one, so that equal values have equal bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteDouble(double value) => _position = PutDouble(_buffer, _position, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteBytes(scoped ReadOnlySpan<byte> value)
    {
        WriteLong(value.Length);
        WriteRaw(value);
    }

    /// <summary>Writes UTF-8 behind its length.</summary>
    /// <exception cref="ArgumentException">The text has a surrogate without its other half, which UTF-8 cannot say.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteString(string value) => _position = PutString(_buffer, _position, value);

    /// <summary>Writes the bytes alone, which must be as many as the schema says.</summary>
    /// <exception cref="ArgumentException">They are not.</exception>
    public void WriteFixed(scoped ReadOnlySpan<byte> value, int sizeBytes)
    {
        if (value.Length != sizeBytes)
            throw new ArgumentException($"{value.Length} bytes for a fixed of {sizeBytes}.", nameof(value));
        WriteRaw(value);
    }

    /// <summary>Writes the branch of the value that follows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteUnionIndex(int index) => WriteInt(index);

    /// <summary>Writes an enum's symbol by its index.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The enum has no such symbol.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteEnumIndex(int index, int symbolCount)
    {
        if ((uint)index >= (uint)symbolCount)
            ThrowNoSuchSymbol(index, symbolCount);
        WriteInt(index);
    }

    /// <summary>Starts an array or map of so many items; they follow, then <see cref="WriteBlockEnd"/>. Nothing for none.</summary>
    public void WriteBlockCount(int count)
    {
        if (count > 0)
            WriteInt(count);
    }

    /// <summary>Ends an array or map.</summary>
    public void WriteBlockEnd() => _position = Put(_buffer, _position, 0);

    /// <summary>Called around a record that can contain itself, so that a chain without end is an error and not the end of the process.</summary>
    /// <exception cref="InvalidOperationException">More than <see cref="AvroLimits.DepthMax"/> records lie within one another.</exception>
    public void Enter()
    {
        if (++_depth > AvroLimits.DepthMax)
            throw new InvalidOperationException($"More than {AvroLimits.DepthMax} records lie within one another.");
    }

    /// <summary>Ends what <see cref="Enter"/> began.</summary>
    public void Leave() => _depth--;

    /// <summary>Writes bytes that are Avro already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteRaw(scoped ReadOnlySpan<byte> bytes) => _position = PutRaw(_buffer, _position, bytes);

    /// <summary>Writes a decimal's digits: as few bytes as the sign allows, the highest first, behind their count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void WriteInteger(Int128 value) => _position = PutInteger(_buffer, _position, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Put(Span<byte> buffer, int position, byte value)
    {
        if ((uint)position >= (uint)buffer.Length)
            return Overflown;
        buffer[position] = value;
        return position + 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int PutVarint(Span<byte> buffer, int position, ulong value)
    {
        var sizeBytes = Varint.BytesOf(value);
        if (sizeBytes > buffer.Length - position)
            return Overflown;
        var place = buffer[position..];
        if (value <= Varint.WordMax && place.Length >= sizeof(ulong))
            BinaryPrimitives.WriteUInt64LittleEndian(place, Varint.ToWord(value, sizeBytes));
        else
            PutByteByByte(value, place);
        return position + sizeBytes;
    }

    private static void PutByteByByte(ulong value, Span<byte> place)
    {
        var next = 0;
        for (; value >= 0x80; value >>= 7)
            place[next++] = (byte)(value | 0x80);
        place[next] = (byte)value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int PutInteger(Span<byte> buffer, int position, Int128 value)
    {
        Span<byte> bytes = stackalloc byte[Int128Bytes];
        BinaryPrimitives.WriteInt128BigEndian(bytes, value);
        // A bit for the sign, and those that are not its repetition.
        var bits = 1 + (8 * Int128Bytes) - (int)Int128.LeadingZeroCount(value < 0 ? ~value : value);
        var sizeBytes = (bits + 7) / 8;
        return PutRaw(buffer, Put(buffer, position, (byte)(sizeBytes << 1)), bytes[^sizeBytes..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PutFloat(Span<byte> buffer, int position, float value)
    {
        if (sizeof(float) > buffer.Length - position)
            return Overflown;
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[position..], float.IsNaN(value) ? FloatNaN : BitConverter.SingleToUInt32Bits(value));
        return position + sizeof(float);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PutDouble(Span<byte> buffer, int position, double value)
    {
        if (sizeof(double) > buffer.Length - position)
            return Overflown;
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[position..], double.IsNaN(value) ? DoubleNaN : BitConverter.DoubleToUInt64Bits(value));
        return position + sizeof(double);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int PutRaw(Span<byte> buffer, int position, scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > buffer.Length - position)
            return Overflown;
        bytes.CopyTo(buffer[position..]);
        return position + bytes.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PutString(Span<byte> buffer, int position, string value)
    {
        // Most strings are ASCII: then the length in bytes is known beforehand, and one pass checks and copies (Benchmarks avro).
        if (AsciiText.IsPair(value.Length) && value.Length < buffer.Length - position && AsciiText.TryCopyPair(value, buffer[(position + 1)..]))
        {
            buffer[position] = (byte)(value.Length << 1);
            return position + 1 + value.Length;
        }
        return PutText(buffer, position, value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int PutText(Span<byte> buffer, int position, string value)
    {
        if (value.Length <= OneByteLengthMax && value.Length < buffer.Length - position && AsciiText.TryCopy(value, buffer[(position + 1)..]))
        {
            buffer[position] = (byte)(value.Length << 1);
            return position + 1 + value.Length;
        }
        return PutUtf8(buffer, position, value);
    }

    private static int PutUtf8(Span<byte> buffer, int position, string value)
    {
        var lengthBytes = Encoding.UTF8.GetByteCount(value);
        var behindLength = PutVarint(buffer, position, (ulong)lengthBytes << 1);
        var status = Utf8.FromUtf16(value, behindLength == Overflown ? [] : buffer[behindLength..], out _, out var written, replaceInvalidSequences: false);
        return status switch
        {
            OperationStatus.Done when behindLength != Overflown => behindLength + written,
            OperationStatus.Done or OperationStatus.DestinationTooSmall => Overflown,
            _ => throw new ArgumentException("The text has a surrogate without its other half, which UTF-8 cannot say.", nameof(value)),
        };
    }

    // Throwing stands apart, so that the way that is taken stays small enough to inline.
    [DoesNotReturn]
    private static void ThrowNoSuchSymbol(int index, int symbolCount) =>
        throw new ArgumentOutOfRangeException(nameof(index), index, $"The enum has {symbolCount} symbols.");
}
