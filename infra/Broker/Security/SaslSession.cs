using Streaming.Broker.Wire;

namespace Streaming.Broker.Security;

/// <summary>How far one connection has come with authenticating. Without a <see cref="SaslServer"/> it need not, and cannot.</summary>
internal sealed class SaslSession(SaslServer? server)
{
    private ISaslExchange? _exchange;

    /// <summary>Whether the client may ask for anything.</summary>
    public bool IsOpen => server is null || UserName is not null;

    /// <summary>It failed, was told so, and is to be closed.</summary>
    public bool IsLost { get; private set; }

    /// <summary>After a handshake in version 0 the mechanism's messages come as frames without a header of Kafka's.</summary>
    public bool ExpectsBareTokens { get; private set; }

    public string? UserName { get; private set; }

    public IReadOnlyList<string> Mechanisms => server?.Mechanisms ?? [];

    /// <summary>Takes the mechanism that the client has chosen.</summary>
    public ErrorCode Choose(string mechanism, bool withBareTokens)
    {
        if (server is null || UserName is not null || _exchange is not null)
            return ErrorCode.IllegalSaslState;
        _exchange = server.Begin(mechanism);
        if (_exchange is null)
            return ErrorCode.UnsupportedSaslMechanism;
        ExpectsBareTokens = withBareTokens;
        return ErrorCode.None;
    }

    /// <summary>Passes one message of the client to the mechanism.</summary>
    /// <returns>The answer, and a reason where there is an error.</returns>
    public (ErrorCode Error, string? Reason, byte[] Answer) Continue(ReadOnlySpan<byte> said)
    {
        if (_exchange is null)
            return (ErrorCode.IllegalSaslState, IsOpen ? "SaslAuthenticate request received after successful authentication" : "SaslHandshake comes first", []);
        try
        {
            var answer = _exchange.Answer(said);
            UserName = _exchange.UserName;
            if (UserName is not null)
                (_exchange, ExpectsBareTokens) = (null, false);
            return (ErrorCode.None, null, answer);
        }
        catch (SaslException refused)
        {
            IsLost = true;
            return (ErrorCode.SaslAuthenticationFailed, refused.Message, []);
        }
    }
}
