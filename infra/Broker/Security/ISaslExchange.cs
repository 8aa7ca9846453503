namespace Streaming.Broker.Security;

/// <summary>One client's way through one SASL mechanism.</summary>
internal interface ISaslExchange
{
    /// <summary>Who the client has proved to be; null until it has.</summary>
    string? UserName { get; }

    /// <summary>Takes what the client says, and returns what it is answered (empty: nothing more to say).</summary>
    /// <exception cref="SaslException">It is not said as the mechanism wants, or proves nothing. The exchange is over.</exception>
    byte[] Answer(ReadOnlySpan<byte> said);
}
