using System.ComponentModel.DataAnnotations;

namespace Streaming.Hosting.Http;

/// <summary>Who may call a host, and how often. Section <c>Host</c>.</summary>
public sealed class HostOptions
{
    public const string Section = "Host";

    /// <summary>Shortest key that is accepted, in characters.</summary>
    public const int ApiKeyLengthMin = 16;

    /// <summary>Who calls with <see cref="ApiKey"/> is called this.</summary>
    public const string ApiKeyName = "api-key";

    /// <summary>Callers send it as <c>X-Api-Key</c>. A host that listens outside loopback needs a key or tokens; health endpoints never ask for either.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Further keys by the caller's name, which becomes the actor of what the caller asks for.</summary>
    public Dictionary<string, string> ApiKeys { get; } = [];

    /// <summary>Signed tokens that are accepted beside keys.</summary>
    public TokenOptions Jwt { get; set; } = new();

    /// <summary>Most requests per second of one caller, over time; 0 for no limit.</summary>
    [Range(0, 1_000_000)]
    public int RequestsPerSecondMax { get; set; }

    /// <summary>Most requests of one caller at once, after a pause; 0 for as many as in a second.</summary>
    [Range(0, 1_000_000)]
    public int RequestsBurstMax { get; set; }

    /// <summary>Callers have to say who they are.</summary>
    public bool AsksForCredentials => !string.IsNullOrEmpty(ApiKey) || ApiKeys.Count > 0 || Jwt.IsConfigured;

    internal IEnumerable<(string Name, string Key)> Keys =>
        (string.IsNullOrEmpty(ApiKey) ? [] : new[] { (ApiKeyName, ApiKey) }).Concat(ApiKeys.Select(pair => (pair.Key, pair.Value)));
}
