namespace Streaming.Cli.Fulfilment;

/// <summary>An order whose fulfilment has not ended, as the command host tells it.</summary>
/// <param name="Phase">What it waits for.</param>
/// <param name="Outstanding">Steps that nobody has answered, such as <c>ship/XYZ-1</c>.</param>
/// <param name="Deadline">Until when it waits; null when it waits for an operator.</param>
/// <param name="Stuck">Why it waits for an operator; null when it does not.</param>
internal sealed record OpenOrder(
    string OrderId, string Phase, int Attempt, DateTimeOffset ChangedAt, DateTimeOffset? Deadline, IReadOnlyList<string> Outstanding, OpenOrder.Why? Stuck)
{
    /// <summary>Which rule, and in words.</summary>
    internal sealed record Why(string Code, string Reason);
}
