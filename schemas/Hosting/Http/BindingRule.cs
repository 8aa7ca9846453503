using System.Net;

namespace Streaming.Hosting.Http;

/// <summary>A host listens on loopback, or asks for a key or a token.</summary>
public static class BindingRule
{
    /// <summary>Why a host must not start with these addresses, or null when it may.</summary>
    /// <param name="urls">Such as <c>http://127.0.0.1:5000</c>, <c>http://*:80</c>.</param>
    public static string? FirstViolation(IEnumerable<string> urls, string? apiKey)
    {
        if (apiKey is { Length: > 0 and < HostOptions.ApiKeyLengthMin })
            return $"Host:ApiKey has {apiKey.Length} characters; {HostOptions.ApiKeyLengthMin} is the least. Set a longer one (openssl rand -hex 24).";
        if (!string.IsNullOrEmpty(apiKey))
            return null;

        var open = urls.FirstOrDefault(url => !IsLoopback(url));
        return open is null ? null
            : $"{open} can be reached from other machines, and no API key is set. Set Host:ApiKey (environment Host__ApiKey), or listen on 127.0.0.1.";
    }

    /// <inheritdoc cref="FirstViolation(IEnumerable{string}, string?)"/>
    internal static string? FirstViolation(IEnumerable<string> urls, HostOptions options)
    {
        var shortKey = options.ApiKeys.FirstOrDefault(pair => pair.Value.Length < HostOptions.ApiKeyLengthMin);
        if (shortKey.Key is not null)
            return $"Host:ApiKeys:{shortKey.Key} has {shortKey.Value.Length} characters; {HostOptions.ApiKeyLengthMin} is the least. Set a longer one (openssl rand -hex 24).";
        if (options.Jwt.FirstViolation() is { } violation)
            return violation;
        var hasOthers = options.ApiKeys.Count > 0 || options.Jwt.IsConfigured;
        return FirstViolation(hasOthers ? [] : urls, options.ApiKey);
    }

    private static bool IsLoopback(string url)
    {
        if (url.StartsWith("http://unix:/", StringComparison.Ordinal))
            return true;

        // '*' and '+' stand for every address, and are no host names to Uri.
        if (!Uri.TryCreate(url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var uri))
            return false;
        return uri.Host == "localhost" || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }
}
