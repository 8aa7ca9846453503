using System.Buffers;

namespace Streaming.Broker.Log;

/// <summary>Whole record batches read from the log into rented memory. Dispose returns the memory.</summary>
internal sealed class RecordSlice(byte[] rented, int sizeBytes, long? damagedAt = null) : IDisposable
{
    private byte[]? _rented = rented;

    public static RecordSlice Empty { get; } = new([], 0);

    public int SizeBytes => sizeBytes;

    /// <summary>How much memory it holds.</summary>
    public int RentedBytes => _rented?.Length ?? 0;

    /// <summary>Offset of the batch behind these that is damaged on disk, and is not among them; null when none is known to be.</summary>
    public long? DamagedAt => damagedAt;

    public ReadOnlyMemory<byte> Bytes => _rented.AsMemory(0, sizeBytes);

    public void Dispose()
    {
        if (_rented is { Length: > 0 } buffer)
            ArrayPool<byte>.Shared.Return(buffer);
        _rented = [];
    }
}
