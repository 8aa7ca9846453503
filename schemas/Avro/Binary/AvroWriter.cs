using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Streaming.Avro.Binary;

/// <summary>Writes Avro's binary encoding (specification 1.12, "Binary Encoding") into a span. Allocates nothing.</summary>
/// <remarks>When the span is full the writer turns <see cref="IsOverflown"/> and drops what follows, instead of throwing: who encodes into a
/// buffer of his own choice tries again with a larger one, without the price of an exception.</remarks>
public ref struct AvroWriter(Span<byte> buffer)
{
    /// <summary>The longest length that takes one byte.</summary>
    private const int OneByteLengthMax = 63;

    // As Java and Python have it; the NaN of .NET has its sign bit set.
    private const uint FloatNaN = 0x7FC0_0000;
    private const ulong DoubleNaN = 0x7FF8_0000_0000_0000;

    private readonly Span<byte> _buffer = buffer;
    private int _position;
    private int _depth;

    /// <summary>How many bytes are written.</summary>
    public readonly int Written => _position;

    /// <summary>True when the span could not hold everything. What is in it is of no use then.</summary>
    public bool IsOverflown { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteBoolean(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteInt(int value)
    {
        var zigzag = (uint)((value << 1) ^ (value >> 31));
        if (zigzag < 0x80)
            WriteByte((byte)zigzag);
        else
            WriteVarint(zigzag);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteLong(long value)
    {
        var zigzag = (ulong)((value << 1) ^ (value >> 63));
        if (zigzag < 0x80)
            WriteByte((byte)zigzag);
        else
            WriteVarint(zigzag);
    }

    /// <summary>Writes four bytes. Every NaN becomes the same one, so that equal values have equal bytes.</summary>
    public void WriteFloat(float value)
    {
        if (TryReserve(sizeof(float), out var place))
            BinaryPrimitives.WriteUInt32LittleEndian(place, float.IsNaN(value) ? FloatNaN : BitConverter.SingleToUInt32Bits(value));
    }

    /// <summary>Writes eight bytes. Every NaN becomes the same one, so that equal values have equal bytes.</summary>
    public void WriteDouble(double value)
    {
        if (TryReserve(sizeof(double), out var place))
            BinaryPrimitives.WriteUInt64LittleEndian(place, double.IsNaN(value) ? DoubleNaN : BitConverter.DoubleToUInt64Bits(value));
    }

    public void WriteBytes(scoped ReadOnlySpan<byte> value)
    {
        WriteLong(value.Length);
        WriteRaw(value);
    }

    /// <summary>Writes UTF-8 behind its length.</summary>
    /// <exception cref="ArgumentException">The text has a surrogate without its other half, which UTF-8 cannot say.</exception>
    public void WriteString(string value)
    {
        // Most strings are ASCII: then the length in bytes is known beforehand, and one pass checks and copies (Benchmarks avro).
        var place = _buffer[_position..];
        if (value.Length <= OneByteLengthMax && value.Length < place.Length && Ascii.FromUtf16(value, place[1..], out var written) == OperationStatus.Done)
        {
            place[0] = (byte)(written << 1);
            _position += written + 1;
        }
        else
        {
            WriteUtf8(value);
        }
    }

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
    public void WriteEnumIndex(int index, int symbolCount)
    {
        if ((uint)index >= (uint)symbolCount)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The enum has {symbolCount} symbols.");
        WriteInt(index);
    }

    /// <summary>Starts an array or map of so many items; they follow, then <see cref="WriteBlockEnd"/>. Nothing for none.</summary>
    public void WriteBlockCount(int count)
    {
        if (count > 0)
            WriteInt(count);
    }

    /// <summary>Ends an array or map.</summary>
    public void WriteBlockEnd() => WriteByte(0);

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
    public void WriteRaw(scoped ReadOnlySpan<byte> bytes)
    {
        if (TryReserve(bytes.Length, out var place))
            bytes.CopyTo(place);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteByte(byte value)
    {
        var position = _position;
        if ((uint)position < (uint)_buffer.Length)
        {
            _buffer[position] = value;
            _position = position + 1;
        }
        else
        {
            Overflow();
        }
    }

    private void WriteVarint(ulong value)
    {
        var place = _buffer[_position..];
        var sizeBytes = Varint.BytesOf(value);
        if (sizeBytes > place.Length)
        {
            Overflow();
            return;
        }
        if (value <= Varint.WordMax && place.Length >= sizeof(ulong))
            BinaryPrimitives.WriteUInt64LittleEndian(place, Varint.ToWord(value, sizeBytes));
        else
            WriteByteByByte(value, place);
        _position += sizeBytes;
    }

    private static void WriteByteByByte(ulong value, Span<byte> place)
    {
        var next = 0;
        for (; value >= 0x80; value >>= 7)
            place[next++] = (byte)(value | 0x80);
        place[next] = (byte)value;
    }

    private void WriteUtf8(string value)
    {
        WriteInt(Encoding.UTF8.GetByteCount(value));
        var status = Utf8.FromUtf16(value, _buffer[_position..], out _, out var written, replaceInvalidSequences: false);
        if (status == OperationStatus.DestinationTooSmall)
            Overflow();
        else if (status == OperationStatus.Done)
            _position += written;
        else
            throw new ArgumentException("The text has a surrogate without its other half, which UTF-8 cannot say.", nameof(value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReserve(int sizeBytes, out Span<byte> place)
    {
        if (sizeBytes > _buffer.Length - _position)
        {
            Overflow();
            place = default;
            return false;
        }
        place = _buffer.Slice(_position, sizeBytes);
        _position += sizeBytes;
        return true;
    }

    // From here on nothing fits, not even what is smaller: otherwise later fields would follow a gap.
    private void Overflow()
    {
        IsOverflown = true;
        _position = _buffer.Length;
    }
}
