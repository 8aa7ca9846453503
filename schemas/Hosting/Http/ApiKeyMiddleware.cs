using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Streaming.Hosting.Http;

/// <summary>Refuses calls without the key, where one is set. Health endpoints stay open, so that orchestrators need no secret.</summary>
internal sealed class ApiKeyMiddleware(RequestDelegate next, IOptions<HostOptions> options, IProblemDetailsService problems)
{
    public const string HeaderName = "X-Api-Key";

    public async Task InvokeAsync(HttpContext context)
    {
        if (string.IsNullOrEmpty(options.Value.ApiKey) || context.Request.Path.StartsWithSegments("/health") || IsRight(context.Request.Headers[HeaderName].ToString()))
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        await problems.WriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = { Status = StatusCodes.Status401Unauthorized, Title = "API key missing or wrong", Detail = $"Send the host's key in the header {HeaderName}." },
        });
    }

    // Hashes first, so that the comparison takes as long for every length.
    private bool IsRight(string sent) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(sent)), SHA256.HashData(Encoding.UTF8.GetBytes(options.Value.ApiKey!)));
}
