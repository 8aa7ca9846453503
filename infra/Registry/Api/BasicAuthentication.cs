using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Streaming.Registry.Api;

/// <summary>Lets in who sends the configured name and password; everyone where none is configured.</summary>
internal sealed class BasicAuthentication(RegistryServerOptions options)
{
    private readonly byte[]? _wanted = options.Password.Length == 0 ? null : Hash($"{options.UserName}:{options.Password}");

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (_wanted is null || CryptographicOperations.FixedTimeEquals(_wanted, Hash(Sent(context.Request))))
            return next(context);
        context.Response.Headers.WWWAuthenticate = "Basic realm=\"schema registry\"";
        throw new ApiError(40101, "User cannot be authenticated: send the registry's user name and password.");
    }

    private static string Sent(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) || header is not { Scheme: "Basic", Parameter: not null })
            return "";
        var pair = new byte[header.Parameter.Length];
        return Convert.TryFromBase64String(header.Parameter, pair, out var length) ? Encoding.UTF8.GetString(pair, 0, length) : "";
    }

    // Compared as hashes, so that the time taken tells nothing about the length.
    private static byte[] Hash(string pair) => SHA256.HashData(Encoding.UTF8.GetBytes(pair));
}
