using System.Text.Json.Nodes;

namespace Streaming.Chaos.Workload;

/// <summary>A command that somebody sends until it is answered.</summary>
/// <param name="Action">The path's last part, such as <c>sell</c>.</param>
public sealed record PlannedCommand(string Context, string AggregateId, string Action, string CommandId, JsonObject Body)
{
    public override string ToString() => $"{Action} {AggregateId} ({CommandId})";
}
