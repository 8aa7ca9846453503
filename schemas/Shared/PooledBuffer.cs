using System.Buffers;

namespace Streaming.Shared;

/// <summary>Bytes in memory that is used again: a request's body, or an answer.</summary>
internal sealed class PooledBuffer(int capacity = PooledBuffer.FirstBytes) : IBufferWriter<byte>, IDisposable
{
    private const int FirstBytes = 4_096;

    // What there is space for at least, whenever it is asked for.
    private const int SpaceBytesMin = 256;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public int Count { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Count);

    /// <summary>For what is announced to be so long, with space for the read that finds its end; null: nobody knows.</summary>
    public static PooledBuffer For(long? sizeBytes) => new((int)Math.Min((sizeBytes ?? FirstBytes) + SpaceBytesMin, Array.MaxLength));

    public void Advance(int count) => Count += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(Count);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private void Reserve(int sizeHint)
    {
        var needed = Count + Math.Max(sizeHint, SpaceBytesMin);
        if (needed <= _bytes.Length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _bytes.Length * 2));
        _bytes.AsSpan(0, Count).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
