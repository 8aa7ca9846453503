using Streaming.Broker.Server;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal sealed record SaslHandshakeRequest(string Mechanism, bool WithBareTokens);

internal sealed record SaslHandshakeResponse(ErrorCode Error, IReadOnlyList<string> Mechanisms);

/// <summary>SaslHandshake (key 17), v0–v1: the mechanism by which a client is going to authenticate.</summary>
/// <remarks>v0 is followed by the mechanism's bare messages, each a frame · v1 by SaslAuthenticate. Without users in the broker's options, and after
/// authentication, it is answered with ILLEGAL_SASL_STATE, as Kafka does. Left out: GSSAPI and OAUTHBEARER.
/// Source: Kafka protocol guide; KIP-43, KIP-152.</remarks>
internal sealed class SaslHandshake : IApi<SaslHandshakeRequest, SaslHandshakeResponse>
{
    public ApiKey Key => ApiKey.SaslHandshake;

    public ApiVersionRange Versions => new(0, 1, ApiVersionRange.NeverFlexible);

    public SaslHandshakeRequest Decode(ref WireReader reader) => new(reader.ReadString(), WithBareTokens: reader.Version == 0);

    public ValueTask<SaslHandshakeResponse?> HandleAsync(SaslHandshakeRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<SaslHandshakeResponse?>(new(context.Session.Choose(request.Mechanism, request.WithBareTokens), context.Session.Mechanisms));

    public void Encode(WireWriter writer, SaslHandshakeResponse response)
    {
        writer.WriteErrorCode(response.Error);
        writer.WriteArray(response.Mechanisms, static (w, mechanism) => w.WriteString(mechanism));
    }
}
