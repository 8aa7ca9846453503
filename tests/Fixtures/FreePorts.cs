using System.Net;
using System.Net.Sockets;

namespace Streaming.Fixtures;

/// <summary>Asks the system for ports that nobody listens on, for servers that cannot ask themselves.</summary>
public static class FreePorts
{
    public static int One() => Some(1)[0];

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
}
