using System.Buffers;

namespace Streaming.Shared;

/// <summary>Rented memory that grows as it is written, up to a limit. Dispose returns it.</summary>
internal sealed class BoundedBuffer(int bytesMax = int.MaxValue) : IBufferWriter<byte>, IDisposable
{
    private const int InitialBytes = 16 * 1_024;
    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>What was written, to be changed in place.</summary>
    public Span<byte> Rewritable => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Advance(bytes.Length);
    }

    /// <summary>Repeats what was written a distance ago, byte for byte, so that it may run into what it writes.</summary>
    /// <exception cref="CorruptRecordsException">The distance reaches before the beginning.</exception>
    public void Repeat(int distance, int count)
    {
        if (distance <= 0 || distance > Length)
            throw new CorruptRecordsException($"A reference {distance} bytes back, where {Length} are known.");
        GetSpan(count);
        var from = _bytes.AsSpan(Length - distance);
        var to = _bytes.AsSpan(Length, count);
        if (distance >= count)
        {
            from[..count].CopyTo(to);
        }
        else
        {
            for (var i = 0; i < count; i++)
                to[i] = from[i];
        }

        Length += count;
    }

    /// <summary>Room for so many bytes more.</summary>
    /// <exception cref="CorruptRecordsException">That is beyond the limit.</exception>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        var wanted = Math.Max(sizeHint, 1);
        if (wanted > bytesMax - Length)
            throw new CorruptRecordsException($"The records decompress to more than {bytesMax} bytes.");
        if (_bytes.Length - Length < wanted)
            Grow(Length + wanted);
        return _bytes.AsSpan(Length);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        GetSpan(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public void Advance(int count) => Length += count;

    public void Dispose()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, Length) = ([], 0);
    }

    private void Grow(int needed)
    {
        var size = (int)Math.Min(Math.Max((long)_bytes.Length * 2, Math.Max(needed, InitialBytes)), Math.Max(needed, bytesMax));
        var larger = ArrayPool<byte>.Shared.Rent(size);
        Written.CopyTo(larger);
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
