namespace Streaming.Client;

/// <summary>What goes along with a command without being part of it; null where nobody said.</summary>
/// <param name="ExpectedVersion">The command is only decided on this version of its aggregate, else refused as <c>version-conflict</c>; 0: it must be new.</param>
/// <param name="Actor">Who asks.</param>
/// <param name="Tenant">On whose behalf.</param>
/// <param name="CorrelationId">What the caller ties several commands together by; passed on to the events.</param>
/// <param name="TraceParent">W3C trace context; the current activity's where there is one and nothing is given.</param>
public sealed record Circumstances(
    long? ExpectedVersion = null, string? Actor = null, string? Tenant = null, string? CorrelationId = null, string? TraceParent = null)
{
    internal static Circumstances None { get; } = new();
}
