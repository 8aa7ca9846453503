namespace Streaming.CommandHost;

/// <summary>What this process does. Section <c>Commands:Roles</c>. Both by default; apart, each can be scaled by itself.</summary>
public sealed class HostRoles
{
    public const string Section = "Commands:Roles";

    /// <summary>Takes commands over HTTP.</summary>
    public bool Api { get; set; } = true;

    /// <summary>Decides commands.</summary>
    public bool Processor { get; set; } = true;

    /// <summary>Fulfils orders: with <see cref="Processor"/> decides, routes and has risk checked, with <see cref="Api"/> answers operators. Where no
    /// host does, orders stay as they were placed.</summary>
    public bool Fulfilment { get; set; } = true;

    internal static HostRoles Of(IConfiguration configuration) => configuration.GetSection(Section).Get<HostRoles>() ?? new();
}
