using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests;

/// <summary>Writes the body of a request.</summary>
internal delegate void WriteBody(WireWriter writer);

/// <summary>Reads the body of a response.</summary>
internal delegate T ReadBody<out T>(ref WireReader reader);

/// <summary>Speaks the protocol byte by byte, so that tests can say what no real client would.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private SslStream? _tls;
    private int _correlationId;

    /// <param name="tls">Null: in the clear.</param>
    public static async Task<RawClient> ConnectAsync(string bootstrapServers, SslClientAuthenticationOptions? tls = null)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync(IPEndPoint.Parse(bootstrapServers));
        if (tls is not null)
            await client.ShakeHandsAsync(tls);
        return client;
    }

    /// <summary>One request, and its response read to the last byte.</summary>
    public async Task<T> AskAsync<T>(ApiKey key, short version, bool isFlexible, WriteBody writeBody, ReadBody<T> readBody)
    {
        await SendAsync(key, version, isFlexible, writeBody);
        return await ReceiveAsync(key, version, isFlexible, readBody);
    }

    /// <summary>Sends a request without waiting for its response.</summary>
    public async Task SendAsync(ApiKey key, short version, bool isFlexible, WriteBody writeBody)
    {
        using var writer = new WireWriter();
        writer.Reset(version, isFlexible: false);
        writer.WriteInt32(0);
        writer.WriteInt16((short)key);
        writer.WriteInt16(version);
        writer.WriteInt32(++_correlationId);
        writer.WriteNullableString("raw-client");
        if (isFlexible)
            writer.WriteUnsignedVarint(0);
        using var body = new WireWriter();
        body.Reset(version, isFlexible);
        writeBody(body);
        foreach (var piece in body.Parts().SelectMany(part => part))
            writer.WriteRaw(piece.Span);
        writer.PatchInt32(0, writer.Length - sizeof(int));
        await SendBytesAsync(writer.Written);
    }

    public async Task<T> ReceiveAsync<T>(ApiKey key, short version, bool isFlexible, ReadBody<T> readBody)
    {
        var frame = await ReceiveFrameAsync() ?? throw new InvalidOperationException($"The broker closed the connection instead of answering {key} v{version}.");
        return Read();

        T Read()
        {
            var header = new WireReader(frame, version, isFlexible);
            header.ReadInt32();
            if (isFlexible && key != ApiKey.ApiVersions)
                header.SkipTags();
            var body = new WireReader(frame.AsMemory(frame.Length - header.Remaining), version, isFlexible);
            var response = readBody(ref body);
            body.ExpectEnd();
            return response;
        }
    }

    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_tls is null)
        {
            await SendInClearAsync(bytes);
            return;
        }

        using var deadline = new CancellationTokenSource(Deadline);
        await _tls.WriteAsync(bytes, deadline.Token);
    }

    /// <summary>Where there is TLS, these bytes are none of it.</summary>
    public async Task SendInClearAsync(ReadOnlyMemory<byte> bytes)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (bytes.Length > 0)
            bytes = bytes[await _socket.SendAsync(bytes, deadline.Token)..];
    }

    /// <summary>Sends as much as the broker takes: it may have closed the connection, as reading will tell.</summary>
    public async Task SendWhatIsTakenAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await SendInClearAsync(bytes);
        }
        catch (SocketException)
        {
            // Nothing more is wanted.
        }
    }

    /// <summary>Tells the broker that nothing follows.</summary>
    public async Task EndSendingAsync()
    {
        if (_tls is not null)
            await _tls.ShutdownAsync();
        EndSendingInClear();
    }

    /// <summary>The same, without a farewell where there is TLS.</summary>
    public void EndSendingInClear() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>The length of the next frame, and none of it.</summary>
    public async Task<int> ReceiveLengthAsync() =>
        BinaryPrimitives.ReadInt32BigEndian(await ReceiveBytesAsync(sizeof(int), CancellationToken.None) ?? throw new InvalidOperationException("The broker closed the connection."));

    /// <summary>The next frame with its correlation id, or null when the broker closed the connection.</summary>
    public async Task<byte[]?> ReceiveFrameAsync(CancellationToken cancellationToken = default)
    {
        if (await ReceiveBytesAsync(sizeof(int), cancellationToken) is not { } length)
            return null;
        return await ReceiveBytesAsync(BinaryPrimitives.ReadInt32BigEndian(length), cancellationToken);
    }

    /// <summary>Waits until the broker closes the connection, whatever it still says.</summary>
    public async Task ReceiveEndAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var ignored = new byte[1_024];
        while (await ReceiveSomeAsync(ignored, deadline.Token) > 0)
        {
        }
    }

    public void Dispose()
    {
        _tls?.Dispose();
        _socket.Dispose();
    }

    private async Task ShakeHandsAsync(SslClientAuthenticationOptions tls)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        _tls = new SslStream(new NetworkStream(_socket));
        await _tls.AuthenticateAsClientAsync(tls, deadline.Token);
    }

    private async Task<byte[]?> ReceiveBytesAsync(int sizeBytes, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        var bytes = new byte[sizeBytes];
        for (var done = 0; done < sizeBytes;)
        {
            var received = await ReceiveSomeAsync(bytes.AsMemory(done), deadline.Token);
            if (received == 0)
                return null;
            done += received;
        }

        return bytes;
    }

    // A connection that the broker closed with unread bytes is reset rather than ended; both mean closed.
    private async Task<int> ReceiveSomeAsync(Memory<byte> buffer, CancellationToken deadline)
    {
        try
        {
            return await (_tls?.ReadAsync(buffer, deadline) ?? _socket.ReceiveAsync(buffer, deadline));
        }
        catch (Exception cause) when (cause is SocketException { SocketErrorCode: SocketError.ConnectionReset } or IOException)
        {
            return 0;
        }
    }
}
