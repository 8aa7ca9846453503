using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Streaming.Lake;

/// <summary>Bytes that grow at their end, in one array, so that what was written can be looked at as one span.</summary>
internal sealed class ByteBuffer(int capacity = 256)
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(byte value)
    {
        if ((uint)Length >= (uint)_bytes.Length)
            Grow(1);
        _bytes[Length++] = value;
    }

    public void Add(ReadOnlySpan<byte> values)
    {
        values.CopyTo(Reserve(values.Length));
        Length += values.Length;
    }

    public void Fill(byte value, int count)
    {
        Reserve(count)[..count].Fill(value);
        Length += count;
    }

    public void AddInt32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Reserve(sizeof(int)), value);
        Length += sizeof(int);
    }

    /// <summary>Seven bits a byte, lowest first.</summary>
    public void AddVarint(ulong value)
    {
        while (value >= 0x80)
        {
            Add((byte)(value | 0x80));
            value >>= 7;
        }
        Add((byte)value);
    }

    /// <summary>Space for at least so many bytes behind the end; <see cref="Advance"/> says how many were used.</summary>
    public Span<byte> Reserve(int sizeBytes)
    {
        if (_bytes.Length - Length < sizeBytes)
            Grow(sizeBytes);
        return _bytes.AsSpan(Length);
    }

    public void Advance(int sizeBytes) => Length += sizeBytes;

    public void SetInt32(int position, int value) => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(position), value);

    public void Clear() => Length = 0;

    private void Grow(int sizeBytes)
    {
        var needed = checked(Length + sizeBytes);
        Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _bytes.Length)));
        if (_bytes.Length < needed)
            throw new InvalidOperationException($"More than {Array.MaxLength} bytes at once.");
    }
}
