namespace Streaming.Fixtures;

/// <summary>
/// On a test class: its <see cref="ConformanceFactAttribute"/> tests exist only where this server does. Left out, they are
/// counted neither as passed nor as skipped.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
public sealed class NeedsAttribute(RealServer server) : Attribute
{
    public RealServer Server { get; } = server;
}
