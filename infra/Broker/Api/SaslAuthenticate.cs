using Streaming.Broker.Server;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal sealed record SaslAuthenticateRequest(byte[] Said);

internal sealed record SaslAuthenticateResponse(ErrorCode Error, string? Reason, byte[] Answer);

/// <summary>SaslAuthenticate (key 36), v0–v2: one message of the chosen mechanism, and its answer. A client that fails is told, and then closed.</summary>
/// <remarks>v1 session lifetime (0: it does not end) · v2 flexible. Left out: authenticating again on the same connection (KIP-368), which without a lifetime
/// no client does. Source: Kafka protocol guide; KIP-152, KIP-368.</remarks>
internal sealed class SaslAuthenticate : IApi<SaslAuthenticateRequest, SaslAuthenticateResponse>
{
    public ApiKey Key => ApiKey.SaslAuthenticate;

    public ApiVersionRange Versions => new(0, 2, FirstFlexible: 2);

    public SaslAuthenticateRequest Decode(ref WireReader reader)
    {
        var request = new SaslAuthenticateRequest(reader.ReadBytes().ToArray());
        reader.SkipTags();
        return request;
    }

    public ValueTask<SaslAuthenticateResponse?> HandleAsync(SaslAuthenticateRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var (error, reason, answer) = context.Session.Continue(request.Said);
        return ValueTask.FromResult<SaslAuthenticateResponse?>(new(error, reason, answer));
    }

    public void Encode(WireWriter writer, SaslAuthenticateResponse response)
    {
        writer.WriteErrorCode(response.Error);
        writer.WriteReason(response.Reason);
        writer.WriteBytes(response.Answer);
        if (writer.Version >= 1)
            writer.WriteInt64(0); // session lifetime
        writer.WriteEmptyTags();
    }
}
