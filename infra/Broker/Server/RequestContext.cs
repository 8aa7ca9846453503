using System.Net;
using Streaming.Broker.Security;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Server;

/// <summary>What a handler may know about where its request came from. Lives until the response was sent.</summary>
internal sealed class RequestContext(
    ApiKey key, short version, int correlationId, string? clientId, long connectionId, IPAddress clientAddress, SaslSession session,
    int elementsMax)
{
    private IDisposable? _ownedUntilSent;

    public ApiKey Key => key;

    public int CorrelationId => correlationId;

    /// <summary>Name that the client gives itself; empty when it gives none.</summary>
    public string ClientId { get; } = clientId ?? "";

    /// <summary>Counts the connections of this broker since its start.</summary>
    public long ConnectionId => connectionId;

    public IPAddress ClientAddress => clientAddress;

    /// <summary>How far the connection has come with authenticating.</summary>
    public SaslSession Session => session;

    /// <summary>For the codec only: handlers see typed requests, never a version.</summary>
    internal short Version => version;

    /// <summary>Most elements of arrays that the request may have.</summary>
    internal int ElementsMax => elementsMax;

    internal void OwnUntilSent(IDisposable? response) => _ownedUntilSent = response;

    internal void Sent()
    {
        _ownedUntilSent?.Dispose();
        _ownedUntilSent = null;
    }
}
