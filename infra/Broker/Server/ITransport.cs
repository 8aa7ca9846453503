namespace Streaming.Broker.Server;

/// <summary>The bytes of one connection, in the clear or as TLS.</summary>
internal interface ITransport : IDisposable
{
    /// <summary>Waits for some bytes. Zero: the client closed the connection.</summary>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Sends pieces of one message to the last byte.</summary>
    ValueTask SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken);
}
