using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Streaming.Hosting.Http;

/// <summary>Finds out who calls, where the host asks for it, and refuses who does not say. Health endpoints stay open, so that orchestrators need no secret.</summary>
internal sealed class CallerMiddleware(RequestDelegate next, IOptions<HostOptions> options, TokenCheck tokens, IProblemDetailsService problems)
{
    public const string HeaderName = "X-Api-Key";
    private const string BearerPrefix = "Bearer ";

    // Hashes, so that the comparison takes as long for every length.
    private readonly (string Name, byte[] Hash)[] _keys = [.. options.Value.Keys.Select(named => (named.Name, Hash(named.Key)))];

    public async Task InvokeAsync(HttpContext context)
    {
        if (!options.Value.AsksForCredentials || context.Request.Path.StartsWithSegments("/health"))
        {
            await next(context);
            return;
        }

        var (caller, why) = await FindAsync(context.Request);
        if (caller is null)
        {
            await RefuseAsync(context, why!);
            return;
        }

        context.User = caller;
        await next(context);
    }

    private async Task<(ClaimsPrincipal? Caller, string? Why)> FindAsync(HttpRequest request)
    {
        var key = request.Headers[HeaderName];
        if (key.Count > 0)
            return OfKey(key.ToString()) is { } named ? (Caller.Of(named, tenant: null, "ApiKey"), null) : (null, $"The key in {HeaderName} is not one of this host's.");
        var authorization = request.Headers.Authorization.ToString();
        if (options.Value.Jwt.IsConfigured && authorization.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase))
            return await tokens.JudgeAsync(authorization[BearerPrefix.Length..].Trim());
        return (null, WhatToSend());
    }

    // All are compared, whichever is right, for the same reason.
    private string? OfKey(string sent)
    {
        var hash = Hash(sent);
        string? found = null;
        foreach (var (name, right) in _keys)
            found = CryptographicOperations.FixedTimeEquals(hash, right) ? name : found;
        return found;
    }

    private string WhatToSend() => (_keys.Length > 0, options.Value.Jwt.IsConfigured) switch
    {
        (true, true) => $"Send a key of this host in the header {HeaderName}, or a token as Authorization: Bearer ….",
        (true, false) => $"Send the host's key in the header {HeaderName}.",
        _ => "Send a token as Authorization: Bearer ….",
    };

    private async Task RefuseAsync(HttpContext context, string why)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        if (options.Value.Jwt.IsConfigured)
            context.Response.Headers.WWWAuthenticate = context.Request.Headers.Authorization.Count > 0 ? "Bearer error=\"invalid_token\"" : "Bearer";
        await problems.WriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = { Status = StatusCodes.Status401Unauthorized, Title = "Who calls is not known", Detail = why },
        });
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
