using System.Security.Claims;

namespace Streaming.Hosting.Http;

/// <summary>Who calls, as far as it was proved.</summary>
public static class Caller
{
    private const string TenantType = "tenant";

    extension(ClaimsPrincipal user)
    {
        /// <summary>The name of the caller's key, or the subject of its token; null where nobody has to say.</summary>
        public string? Actor => user.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name } ? name : null;

        /// <summary>On whose behalf, from the token; null where nothing is said about it.</summary>
        public string? Tenant => user.FindFirst(TenantType)?.Value;
    }

    internal static ClaimsPrincipal Of(string actor, string? tenant, string scheme)
    {
        var identity = new ClaimsIdentity([new(ClaimTypes.Name, actor)], scheme);
        if (!string.IsNullOrEmpty(tenant))
            identity.AddClaim(new(TenantType, tenant));
        return new(identity);
    }
}
