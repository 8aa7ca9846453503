using System.Buffers;
using System.Buffers.Binary;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Server;

/// <summary>Cuts the bytes of one connection into frames: four bytes of length, then that many bytes.</summary>
/// <remarks>Pipelined frames that arrived together are served from the buffer. A frame is valid until the next one is asked for.
/// The buffer grows as bytes arrive, so that a length alone (hostile, or a slow client) costs no memory; but it takes its part of the room for all of its kind.</remarks>
internal sealed class FrameReader(ITransport transport) : IDisposable
{
    private const int IdleBytes = 4_096;
    private const int GrowthBytesMax = 1_024 * 1_024;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(IdleBytes);
    private IDisposable? _room;
    private int _start;
    private int _end;

    /// <summary>The next frame without its length, or null when the client closed the connection between two frames.</summary>
    /// <param name="frameBytesMax">Largest frame that is accepted now.</param>
    /// <param name="room">Of which it takes its part.</param>
    /// <exception cref="MalformedFrameException">A length below zero or beyond the limit, or a connection closed within a frame.</exception>
    public async ValueTask<Memory<byte>?> ReadAsync(int frameBytesMax, RequestRoom room, CancellationToken cancellationToken)
    {
        LeaveRoom();
        if (!await FillAsync(sizeof(int), cancellationToken))
            return null;
        var sizeBytes = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        if (sizeBytes < 0 || sizeBytes > frameBytesMax)
            throw new MalformedFrameException($"A frame of {sizeBytes} bytes; 0 to {frameBytesMax} are accepted.");
        _start += sizeof(int);
        _room = await room.TakeAsync(sizeBytes, cancellationToken);
        if (!await FillAsync(sizeBytes, cancellationToken))
            throw new MalformedFrameException("The connection ended within a frame.");
        var frame = _buffer.AsMemory(_start, sizeBytes);
        _start += sizeBytes;
        return frame;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        LeaveRoom();
    }

    private void LeaveRoom()
    {
        _room?.Dispose();
        _room = null;
    }

    private async ValueTask<bool> FillAsync(int sizeBytes, CancellationToken cancellationToken)
    {
        while (_end - _start < sizeBytes)
        {
            MakeRoom(sizeBytes);
            // Nothing beyond a large frame, so that its buffer is empty after it, and goes back with its room.
            var free = _buffer.AsMemory(_end);
            var received = await transport.ReceiveAsync(sizeBytes <= RequestRoom.SmallBytes ? free : free[..Math.Min(free.Length, sizeBytes - (_end - _start))], cancellationToken);
            if (received == 0)
                return false;
            _end += received;
        }

        return true;
    }

    private void MakeRoom(int sizeBytes)
    {
        var held = _end - _start;
        var wanted = Math.Max(IdleBytes, Math.Min(sizeBytes, held + GrowthBytesMax));
        // Between two frames a large buffer goes back, so that idle connections hold little.
        if (_buffer.Length >= wanted && (_buffer.Length <= RequestRoom.SmallBytes || held > 0))
        {
            if (_buffer.Length - _end > 0 && _buffer.Length - _start >= wanted)
                return;
            _buffer.AsSpan(_start, held).CopyTo(_buffer);
        }
        else
        {
            // Doubling what arrived keeps the copies of a large frame linear.
            var replaced = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, Math.Min(sizeBytes, held * 2)));
            _buffer.AsSpan(_start, held).CopyTo(replaced);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = replaced;
        }

        (_start, _end) = (0, held);
    }
}
