namespace Streaming.CommandHost.Reading;

/// <summary>The offsets of one aggregate's events, in order of their sequence, from 1 and without gaps.</summary>
/// <remarks>
/// The first offset stands as it is, each later one as its distance from the one before, in groups of seven bits: two bytes while fewer than
/// 16 384 records lie between two events of an aggregate. Grows by a quarter, because there are many of these and most grow rarely.
/// </remarks>
internal sealed class EventOffsets(long first)
{
    private const int VarintBytesMax = 10;
    private const byte More = 0x80;

    private byte[] _distances = [];
    private int _sizeBytes;
    private readonly long _first = first;
    private long _last = first;

    /// <summary>Sequence of the newest event.</summary>
    public long Version { get; private set; } = 1;

    /// <summary>Bytes held for the distances, used or not.</summary>
    public int CapacityBytes => _distances.Length;

    /// <param name="offset">Above all before it.</param>
    public void Add(long offset)
    {
        Span<byte> varint = stackalloc byte[VarintBytesMax];
        var size = Write(varint, (ulong)(offset - _last));
        if (_sizeBytes + size > _distances.Length)
            Array.Resize(ref _distances, _sizeBytes + Math.Max(size, (_sizeBytes / 4) + 2));
        varint[..size].CopyTo(_distances.AsSpan(_sizeBytes));
        _sizeBytes += size;
        _last = offset;
        Version++;
    }

    /// <summary>Offsets of the events from a sequence on, at most <paramref name="countMax"/>; none when there are none.</summary>
    public long[] From(long sequence, long countMax)
    {
        if (sequence > Version || countMax <= 0)
            return [];
        var offsets = new long[Math.Min(countMax, Version - sequence + 1)];
        var (offset, at) = (_first, 0);
        for (var current = 1L; ; current++)
        {
            if (current >= sequence)
                offsets[current - sequence] = offset;
            if (current == sequence + offsets.Length - 1)
                return offsets;
            offset += (long)Read(ref at);
        }
    }

    private static int Write(Span<byte> to, ulong value)
    {
        var size = 0;
        for (; value >= More; value >>= 7)
            to[size++] = (byte)(value | More);
        to[size++] = (byte)value;
        return size;
    }

    private ulong Read(ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = _distances[at++];
            value |= (ulong)(next & ~More) << shift;
            if (next < More)
                return value;
        }
    }
}
