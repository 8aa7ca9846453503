using System.Text.Json.Nodes;

namespace Streaming.Chaos.Workload;

/// <summary>A command that somebody sends until it is answered.</summary>
/// <param name="Action">The path's last part, such as <c>sell</c>.</param>
/// <param name="Turn">Which host is asked first, counted around: the plan's choice, so that a seed repeats it.</param>
public sealed record PlannedCommand(string Context, string AggregateId, string Action, string CommandId, JsonObject Body, int Turn)
{
    public override string ToString() => $"{Action} {AggregateId} ({CommandId})";
}
