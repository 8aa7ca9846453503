using System.Buffers;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Log;

/// <summary>Whole record batches of the log: read into rented memory, or, where there are many, only when they are sent. Dispose returns the memory.</summary>
internal sealed class RecordSlice : IDisposable
{
    private readonly StoredBatches? _stored;
    private byte[] _rented;

    /// <param name="damagedAt">See <see cref="DamagedAt"/>.</param>
    public RecordSlice(byte[] rented, int sizeBytes, long? damagedAt = null)
    {
        (_rented, SizeBytes, DamagedAt) = (rented, sizeBytes, damagedAt);
        HeldBytes = rented.Length;
    }

    public RecordSlice(StoredBatches stored)
    {
        (_rented, _stored, SizeBytes) = ([], stored, stored.SizeBytes);
        HeldBytes = stored.HeldBytes;
    }

    public static RecordSlice Empty { get; } = new([], 0);

    public int SizeBytes { get; }

    /// <summary>How much memory it takes until it is disposed, from now on or while it is sent.</summary>
    public int HeldBytes { get; private set; }

    /// <summary>Offset of the batch behind these that is damaged on disk, and is not among them; null when none is known to be.</summary>
    public long? DamagedAt { get; }

    /// <summary>The batches, unless they are <see cref="Deferred"/>.</summary>
    public ReadOnlyMemory<byte> Bytes => _stored is null ? _rented.AsMemory(0, SizeBytes) : throw new InvalidOperationException("These records are read when they are sent.");

    /// <summary>The batches, where they are read when they are sent.</summary>
    public IDeferredBytes? Deferred => _stored;

    /// <summary>All records are before this offset; 0 when there is none.</summary>
    public long EndOffset => _stored?.EndOffset ?? BatchSpan.NextOffset(Bytes.Span);

    public void Dispose()
    {
        _stored?.Dispose();
        if (_rented.Length > 0)
            ArrayPool<byte>.Shared.Return(_rented);
        (_rented, HeldBytes) = ([], 0);
    }
}
