using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Streaming.Broker.Security;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Server;

/// <summary>One client connection: reads a request, has it answered, sends the response, one after another.</summary>
/// <remarks>Pipelined requests wait in the socket, so responses leave in the order of their requests, as the protocol wants, and a slow
/// request (a long poll) holds back nobody else. A client that does not send a whole request, or does not take its response, within the idle time, is
/// disconnected: it holds a descriptor, and memory for what it began.</remarks>
internal sealed class Connection(
    ITransport transport, long id, IPAddress clientAddress, ApiTable apis, SaslSession session, RequestRoom room, RequestRoom outside, BrokerOptions options, ILogger logger) : IDisposable
{
    private readonly FrameReader _frames = new(transport);
    private readonly WireWriter _writer = new();

    /// <summary>Serves until the client leaves, misbehaves, or the broker stops. Never throws.</summary>
    public async Task ServeAsync(CancellationToken stopping)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        try
        {
            await AuthenticateAsync(stopping);
            while (session.IsOpen && await ReadAsync(idle) is { } frame)
                await ServeAsync(frame, idle.Token, idle);
        }
        catch (MalformedFrameException cause)
        {
            logger.ConnectionMalformed(id, clientAddress, cause.Message);
        }
        catch (Exception cause) when (cause is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            logger.ConnectionEnded(id, clientAddress, cause.Message);
        }
        catch (Exception cause)
        {
            // A bug in one handler costs its client the connection, not everybody the broker.
            logger.RequestFailed(cause, id, clientAddress);
        }
    }

    public void Dispose()
    {
        transport.Dispose();
        _frames.Dispose();
        _writer.Dispose();
    }

    // A client that has not proved who it is gets little room, and none of those who have, little time, and no API but those that it needs for that.
    private async ValueTask AuthenticateAsync(CancellationToken stopping)
    {
        if (session.IsOpen)
            return;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        late.CancelAfter(options.Security.HandshakeMsMax);
        while (session is { IsOpen: false, IsLost: false } && await _frames.ReadAsync(options.Security.UnauthenticatedFrameBytesMax, outside, late.Token) is { } frame)
            await (session.ExpectsBareTokens ? ServeTokenAsync(frame, late.Token) : ServeAsync(frame, late.Token));
        if (session.IsLost)
            logger.AuthenticationFailed(id, clientAddress);
    }

    // A refusal has no form of its own here: the connection ends, as Kafka ends it.
    private async ValueTask ServeTokenAsync(ReadOnlyMemory<byte> token, CancellationToken stopping)
    {
        var (error, _, answer) = session.Continue(token.Span);
        if (error != ErrorCode.None)
            return;
        _writer.Reset(version: 0, isFlexible: false);
        _writer.WriteBytes(answer);
        await SendAsync(stopping);
    }

    private async ValueTask SendAsync(CancellationToken stopping)
    {
        foreach (var part in _writer.Parts())
            await transport.SendAsync(part, stopping);
    }

    private ValueTask<Memory<byte>?> ReadAsync(CancellationTokenSource idle)
    {
        idle.CancelAfter(options.ConnectionIdleMsMax);
        return _frames.ReadAsync(options.FrameBytesMax, room, idle.Token);
    }

    /// <param name="idle">What ends the connection when the client does not take its response; a handler may take its time.</param>
    private async ValueTask ServeAsync(Memory<byte> frame, CancellationToken stopping, CancellationTokenSource? idle = null)
    {
        var (api, context, body) = ReadHeader(frame);
        try
        {
            var isHeaderFlexible = api.Key != ApiKey.ApiVersions && context.Version >= api.Versions.FirstFlexible;
            BeginResponse(context, isHeaderFlexible, api);
            idle?.CancelAfter(Timeout.Infinite);
            if (!await api.AnswerAsync(body, context, _writer, stopping))
                return;
            _writer.PatchInt32(0, _writer.Length - sizeof(int));
            idle?.CancelAfter(options.ConnectionIdleMsMax);
            await SendAsync(stopping);
        }
        finally
        {
            context.Sent();
            _writer.Reset(version: 0, isFlexible: false);
        }
    }

    private (IApi Api, RequestContext Context, ReadOnlyMemory<byte> Body) ReadHeader(Memory<byte> frame)
    {
        var reader = new WireReader(frame);
        var key = (ApiKey)reader.ReadInt16();
        var version = reader.ReadInt16();
        var correlationId = reader.ReadInt32();
        var api = apis.Find(key) ?? throw new MalformedFrameException($"API {(short)key} v{version} is not served.");
        if (!session.IsOpen && key is not (ApiKey.ApiVersions or ApiKey.SaslHandshake or ApiKey.SaslAuthenticate))
            throw new MalformedFrameException($"{key} comes before authentication.");
        if (!api.Versions.Contains(version))
            return (api, UnservedVersion(api, version, correlationId), default);

        var clientId = reader.ReadClassicNullableString();
        var flexible = new WireReader(frame[^reader.Remaining..], version, isFlexible: version >= api.Versions.FirstFlexible);
        flexible.SkipTags();
        return (api, new RequestContext(key, version, correlationId, clientId, id, clientAddress, session, options.RequestElementsMax), frame[^flexible.Remaining..]);
    }

    // KIP-511: a client newer than the broker learns from ApiVersions v0 what is served. Any other API in a version that was never offered ends the connection.
    private RequestContext UnservedVersion(IApi api, short version, int correlationId) => api.Key == ApiKey.ApiVersions
        ? new RequestContext(api.Key, Api.ApiVersions.UnservedVersion, correlationId, clientId: null, id, clientAddress, session, options.RequestElementsMax)
        : throw new MalformedFrameException($"{api.Key} v{version} is not served; v{api.Versions.Lowest} to v{api.Versions.Highest} are.");

    private void BeginResponse(RequestContext context, bool isHeaderFlexible, IApi api)
    {
        _writer.Reset(context.Version, context.Version >= api.Versions.FirstFlexible);
        _writer.WriteInt32(0); // The length, known at the end.
        _writer.WriteInt32(context.CorrelationId);
        if (isHeaderFlexible)
            _writer.WriteEmptyTags();
    }
}
