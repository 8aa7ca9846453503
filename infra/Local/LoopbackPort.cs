using System.Net;
using System.Net.Sockets;

namespace Streaming.Local;

/// <summary>Asks the system for ports.</summary>
internal static class LoopbackPort
{
    /// <summary>The wished port if nobody has it, else a free one. Somebody may still take it before its server does.</summary>
    public static int FreeOrAnother(int wished)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, wished));
        }
        catch (SocketException cause) when (wished != 0 && cause.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return FreeOrAnother(0);
        }
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
