using System.Security.Claims;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Streaming.Hosting.Http;

/// <summary>Judges bearer tokens: issuer, audience, lifetime, signature (RFC 7519, RFC 8725).</summary>
internal sealed class TokenCheck(IOptions<HostOptions> options, TokenKeys keys, TimeProvider time)
{
    private readonly JsonWebTokenHandler _handler = new();

    /// <returns>Who calls; or why the token is not accepted, in words that help whoever has made it.</returns>
    public async Task<(ClaimsPrincipal? Caller, string? Why)> JudgeAsync(string token)
    {
        var jwt = options.Value.Jwt;
        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = jwt.Issuer,
            ValidAudience = jwt.Audience,
            IssuerSigningKeys = keys.Current(),
            ClockSkew = jwt.ClockSkew,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            LifetimeValidator = (from, until, _, _) => IsNow(from, until, jwt.ClockSkew),
        });
        if (!result.IsValid)
            return (null, Why(result.Exception, jwt));
        var actor = Claim(result, jwt.ActorClaim);
        return actor is null
            ? (null, $"The token has no claim {jwt.ActorClaim}, which says who calls.")
            : (Caller.Of(actor, jwt.TenantClaim.Length == 0 ? null : Claim(result, jwt.TenantClaim), "Bearer"), null);
    }

    private bool IsNow(DateTime? from, DateTime? until, TimeSpan skew)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return until is not null && now < until.Value + skew && (from is null || now >= from.Value - skew);
    }

    private static string? Claim(TokenValidationResult result, string name) =>
        result.Claims.TryGetValue(name, out var value) && value?.ToString() is { Length: > 0 and <= 200 } text && !text.Any(char.IsControl) ? text : null;

    private static string Why(Exception cause, TokenOptions jwt) => cause switch
    {
        SecurityTokenInvalidLifetimeException or SecurityTokenExpiredException or SecurityTokenNotYetValidException =>
            "The token has expired, is not valid yet, or has no time of expiry: get a new one.",
        SecurityTokenInvalidIssuerException => $"The token is of another issuer than {jwt.Issuer}.",
        SecurityTokenInvalidAudienceException => $"The token is not meant for {jwt.Audience}: ask its issuer for one with that audience.",
        SecurityTokenSignatureKeyNotFoundException => "The token is signed with a key that this host does not know.",
        SecurityTokenInvalidSignatureException => "The token's signature is missing or wrong.",
        _ => "It is no JSON Web Token.",
    };
}
