using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Streaming.Hosting.Tests.Http;

/// <summary>Issues tokens, and publishes its key as a JWKS file.</summary>
internal sealed class Issuer : IDisposable
{
    public const string Name = "https://issuer.example";
    public const string Audience = "streaming";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string _keyId = Guid.NewGuid().ToString("N");
    private readonly string _folder = Directory.CreateTempSubdirectory("streaming-jwks").FullName;

    public Issuer() => File.WriteAllText(JwksFile, Jwks());

    public string JwksFile => Path.Combine(_folder, "jwks.json");

    public string Token(string? subject = "damon", string issuer = Name, string audience = Audience, int expiresInSeconds = 60, string? tenant = null)
    {
        var claims = new Dictionary<string, object>();
        if (subject is not null)
            claims["sub"] = subject;
        if (tenant is not null)
            claims["org"] = tenant;
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Claims = claims,
            IssuedAt = now.AddSeconds(-600),
            NotBefore = now.AddSeconds(-600),
            Expires = now.AddSeconds(expiresInSeconds),
            SigningCredentials = new(new ECDsaSecurityKey(_key) { KeyId = _keyId }, SecurityAlgorithms.EcdsaSha256),
        });
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _key.Dispose();
    }

    private string Jwks()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        return JsonSerializer.Serialize(new
        {
            keys = new[]
            {
                new { kty = "EC", crv = "P-256", use = "sig", kid = _keyId, x = Base64UrlEncoder.Encode(point.X!), y = Base64UrlEncoder.Encode(point.Y!) },
            },
        });
    }
}
