namespace Streaming.Fixtures;

/// <summary>The tests need this server.</summary>
public sealed class NeedsAttribute(RealServer server) : RequirementAttribute
{
    public RealServer Server { get; } = server;

    public override bool IsMet => RealServers.Has(Server);
}
