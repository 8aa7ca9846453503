namespace Streaming.Hosting.Http;

/// <summary>Which JSON Web Tokens a host accepts. Section <c>Host:Jwt</c>.</summary>
public sealed class TokenOptions
{
    /// <summary>Who must have issued a token, its <c>iss</c>.</summary>
    public string? Issuer { get; set; }

    /// <summary>Whom it must be meant for, one of its <c>aud</c>.</summary>
    public string? Audience { get; set; }

    /// <summary>File with the issuer's keys, a JSON Web Key Set (RFC 7517). Read again when it changes, so that keys can be rotated.</summary>
    public string? JwksFile { get; set; }

    /// <summary>Claim that becomes the actor of what the caller asks for.</summary>
    public string ActorClaim { get; set; } = "sub";

    /// <summary>Claim that becomes its tenant; empty for none.</summary>
    public string TenantClaim { get; set; } = "";

    /// <summary>By how much clocks may differ.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    public bool IsConfigured => !string.IsNullOrEmpty(JwksFile);

    /// <summary>What is missing; null when nothing is, or no tokens are accepted.</summary>
    internal string? FirstViolation()
    {
        if (string.IsNullOrEmpty(JwksFile))
            return string.IsNullOrEmpty(Issuer) && string.IsNullOrEmpty(Audience) ? null : "Host:Jwt:JwksFile is not set: name the file with the issuer's keys (a JWKS).";
        if (string.IsNullOrEmpty(Issuer) || string.IsNullOrEmpty(Audience))
            return "Host:Jwt:Issuer and Host:Jwt:Audience are needed with Host:Jwt:JwksFile: a token for somebody else must not be accepted.";
        return File.Exists(JwksFile) ? null : $"Host:Jwt:JwksFile: there is no file {JwksFile}.";
    }
}
