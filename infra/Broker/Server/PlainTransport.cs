using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Streaming.Broker.Server;

/// <summary>A connection in the clear. The pieces of a message are gathered in one call where there are several.</summary>
internal sealed class PlainTransport(Socket socket) : ITransport
{
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) => socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);

    public void Dispose() => socket.Dispose();

    public async ValueTask SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken)
    {
        if (pieces.Count == 1)
        {
            await SendWholeAsync(pieces[0], cancellationToken);
            return;
        }

        var expected = pieces.Sum(piece => (long)piece.Length);
        // A gathering send takes no token: a client that stopped reading must not keep the broker from stopping.
        await using var stop = cancellationToken.UnsafeRegister(static s => ((Socket)s!).Dispose(), socket);
        var sent = await socket.SendAsync(Segments(pieces), SocketFlags.None);
        // A gathering send may stop early; what is left then goes piece by piece.
        if (sent < expected)
            await SendRestAsync(pieces, sent, cancellationToken);
    }

    private async ValueTask SendRestAsync(IReadOnlyList<ReadOnlyMemory<byte>> pieces, int sent, CancellationToken cancellationToken)
    {
        foreach (var piece in pieces)
        {
            if (sent < piece.Length)
                await SendWholeAsync(piece[sent..], cancellationToken);
            sent = Math.Max(0, sent - piece.Length);
        }
    }

    private async ValueTask SendWholeAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancellationToken)..];
    }

    private static List<ArraySegment<byte>> Segments(IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        var segments = new List<ArraySegment<byte>>(pieces.Count);
        foreach (var piece in pieces)
            segments.Add(MemoryMarshal.TryGetArray(piece, out var segment) ? segment : new ArraySegment<byte>(piece.ToArray()));
        return segments;
    }
}
