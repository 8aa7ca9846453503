using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Streaming.Broker.Records;

namespace Streaming.Broker.Log;

/// <summary>Walks the batches of a segment file in order, through a pooled buffer.</summary>
internal sealed class BatchScanner(SafeFileHandle file, int position, int end, int bufferBytes) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(bufferBytes, BatchHeader.Bytes));
    private int _bufferStart = position;
    private int _bufferedBytes;
    private int _next = position;

    /// <summary>Position in the file of the current batch.</summary>
    public int Position { get; private set; } = position;

    public BatchHeader Header { get; private set; }

    /// <summary>Where the batch after the current one begins.</summary>
    public int NextPosition => _next;

    /// <summary>Moves to the next batch by its head alone. False at the end, or where no batch head can be: see <see cref="NextPosition"/>.</summary>
    public bool MoveNext()
    {
        Position = _next;
        if (!TryBuffer(Position, BatchHeader.Bytes))
            return false;
        Header = BatchHeader.Read(_buffer.AsSpan(Position - _bufferStart));
        if (Header.Magic != BatchHeader.SupportedMagic || Header.SizeBytes < BatchHeader.Bytes || Header.LastOffsetDelta < 0
            || Header.SizeBytes > end - Position)
            return false;
        _next = Position + Header.SizeBytes;
        return true;
    }

    /// <summary>The whole current batch; valid until the next move.</summary>
    public ReadOnlySpan<byte> Batch() => BatchMemory().Span;

    /// <summary>As <see cref="Batch"/>.</summary>
    public ReadOnlyMemory<byte> BatchMemory() => BatchIfWhole() ?? throw new IOException($"The segment ended within its batch at {Position}.");

    /// <summary>The same; null where the file ends before the batch does.</summary>
    public ReadOnlyMemory<byte>? BatchIfWhole() => TryBuffer(Position, Header.SizeBytes) ? _buffer.AsMemory(Position - _bufferStart, Header.SizeBytes) : null;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private bool TryBuffer(int from, int sizeBytes)
    {
        if (from >= _bufferStart && from + sizeBytes <= _bufferStart + _bufferedBytes)
            return true;
        if (sizeBytes > end - from)
            return false;
        if (_buffer.Length < sizeBytes)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(sizeBytes);
        }

        _bufferStart = from;
        _bufferedBytes = 0;   // Of the old place, should the read fail.
        _bufferedBytes = file.ReadFully(_buffer.AsSpan(0, Math.Min(_buffer.Length, end - from)), from);
        return _bufferedBytes >= sizeBytes;
    }
}
