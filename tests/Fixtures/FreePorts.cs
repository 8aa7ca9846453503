using System.Net;
using System.Net.Sockets;

namespace Streaming.Fixtures;

/// <summary>Asks the system for ports that nobody listens on, for servers that cannot ask themselves.</summary>
public static class FreePorts
{
    private const int FirstChosen = 15_000;

    // Linux's default, net.ipv4.ip_local_port_range.
    private const int FirstOfTheSystem = 32_768;

    // Another seed in each process, so that those that run beside each other try different ports.
    private static readonly Random Chosen = new(Environment.ProcessId);

    public static int One() => Some(1)[0];

    /// <summary>A port for a server that needs seconds to listen, and listens so far above it, too. Not one of those that the system gives to
    /// outgoing connections, which may have taken it by then.</summary>
    public static int OneWith(int distance)
    {
        lock (Chosen)
        {
            while (true)
            {
                var port = Chosen.Next(FirstChosen, FirstOfTheSystem - distance);
                if (IsFree(port) && IsFree(port + distance))
                    return port;
            }
        }
    }

    /// <summary><paramref name="count"/> different ports. Held together while asking, so that none comes twice.</summary>
    public static int[] Some(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        try
        {
            foreach (var listener in listeners)
                listener.Start();
            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            foreach (var listener in listeners)
                listener.Dispose();
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
