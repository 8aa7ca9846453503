using System.Net.Security;

namespace Streaming.Broker.Server;

/// <summary>A connection through TLS, once hands are shaken.</summary>
internal sealed class TlsTransport(SslStream stream) : ITransport
{
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) => stream.ReadAsync(buffer, cancellationToken);

    public async ValueTask SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken)
    {
        foreach (var piece in pieces)
            await stream.WriteAsync(piece, cancellationToken);
    }

    public void Dispose() => stream.Dispose();
}
