namespace Streaming.Hosting.Http;

/// <summary>Who may call a host. Section <c>Host</c>.</summary>
public sealed class HostOptions
{
    public const string Section = "Host";

    /// <summary>Callers send it as <c>X-Api-Key</c>. Needed as soon as a host listens outside loopback; health endpoints never ask for it.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Shortest key that is accepted, in characters.</summary>
    public const int ApiKeyLengthMin = 16;
}
