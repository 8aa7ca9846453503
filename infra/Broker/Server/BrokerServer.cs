using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Streaming.Broker.Security;

namespace Streaming.Broker.Server;

/// <summary>Accepts connections and runs one loop for each, up to the configured number.</summary>
internal sealed class BrokerServer(ApiTable apis, BrokerOptions options, ILogger logger) : IAsyncDisposable
{
    private const int Backlog = 512;

    // Of the largest size, for all clients together that have not authenticated. What honest ones send is small, and needs no room.
    private const int OutsideFrames = 32;

    private static readonly TimeSpan DescriptorPause = TimeSpan.FromMilliseconds(100);
    private readonly TlsServer? _tls = TlsServer.Of(options.Security);
    private readonly SaslServer? _sasl = options.Security.Users.Count > 0 ? new SaslServer(options.Security) : null;
    private readonly ConcurrentDictionary<long, Task> _connections = [];
    private readonly ConnectionCounts _counts = new(options);
    private readonly RequestRoom _room = new(options.QueuedRequestBytesMax);
    private readonly RequestRoom _outside = new(OutsideFrames * (long)options.Security.UnauthenticatedFrameBytesMax);
    private readonly CancellationTokenSource _stopping = new();
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Binds and listens; the port is the system's choice when the options say 0.</summary>
    public IPEndPoint Bind(IPAddress address, int port)
    {
        _listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(address, port));
        _listener.Listen(Backlog);
        return (IPEndPoint)_listener.LocalEndPoint!;
    }

    public void Start() => _accepting = AcceptAsync(_listener ?? throw new InvalidOperationException("Bind first."));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener?.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _tls?.Dispose();
        _room.Dispose();
        _outside.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        for (long id = 1; !_stopping.IsCancellationRequested; id++)
        {
            try
            {
                Admit(await listener.AcceptAsync(_stopping.Token), id);
            }
            catch (Exception cause) when (cause is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException cause)
            {
                // The client was gone before it was accepted, or descriptors ran out; others may still come.
                logger.AcceptFailed(cause.Message);
                // Whoever waits to be accepted goes on waiting: asking again at once would only burn the processor, and fill the log.
                if (cause.SocketErrorCode == SocketError.TooManyOpenSockets)
                    await Task.Delay(DescriptorPause, TimeProvider.System, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Admit(Socket socket, long id)
    {
        var address = (socket.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        if (!Descriptors.AllowConnection(socket.SafeHandle))
        {
            logger.ConnectionRefused(address, Descriptors.Max, "ulimit -n");
            socket.Dispose();
            return;
        }

        if (_counts.TryAdd(address) is (var max, var option))
        {
            logger.ConnectionRefused(address, max, option);
            socket.Dispose();
            return;
        }

        socket.NoDelay = true;
        var serving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[id] = serving.Task;
        _ = Task.Run(() => RunAsync(socket, id, address, serving));
    }

    private async Task RunAsync(Socket socket, long id, IPAddress address, TaskCompletionSource serving)
    {
        if (await OpenAsync(socket, id, address) is { } transport)
        {
            using var connection = new Connection(transport, id, address, apis, new SaslSession(_sasl), _room, _outside, options, logger);
            await connection.ServeAsync(_stopping.Token);
        }

        _counts.Remove(address);
        _connections.TryRemove(id, out _);
        serving.SetResult();
    }

    private async Task<ITransport?> OpenAsync(Socket socket, long id, IPAddress address)
    {
        if (_tls is null)
            return new PlainTransport(socket);
        try
        {
            return await _tls.ShakeHandsAsync(socket, _stopping.Token);
        }
        catch (Exception cause)
        {
            // Whatever else the library makes of hostile bytes: it must not cost the broker a place among its connections.
            logger.HandshakeFailed(id, address, cause.Message);
            return null;
        }
    }
}
