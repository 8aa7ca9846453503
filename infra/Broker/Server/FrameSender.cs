using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Streaming.Broker.Server;

/// <summary>Sends the pieces of one message to the last byte, gathered in one call where there are several.</summary>
internal static class FrameSender
{
    public static async ValueTask SendAsync(Socket socket, IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken)
    {
        if (pieces.Count == 1)
        {
            await SendWholeAsync(socket, pieces[0], cancellationToken);
            return;
        }

        var expected = pieces.Sum(piece => (long)piece.Length);
        // A gathering send takes no token: a client that stopped reading must not keep the broker from stopping.
        await using var stop = cancellationToken.UnsafeRegister(static s => ((Socket)s!).Dispose(), socket);
        var sent = await socket.SendAsync(Segments(pieces), SocketFlags.None);
        // A gathering send may stop early; what is left then goes piece by piece.
        if (sent < expected)
            await SendRestAsync(socket, pieces, sent, cancellationToken);
    }

    private static async ValueTask SendRestAsync(Socket socket, IReadOnlyList<ReadOnlyMemory<byte>> pieces, int sent, CancellationToken cancellationToken)
    {
        foreach (var piece in pieces)
        {
            if (sent < piece.Length)
                await SendWholeAsync(socket, piece[sent..], cancellationToken);
            sent = Math.Max(0, sent - piece.Length);
        }
    }

    private static async ValueTask SendWholeAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
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
