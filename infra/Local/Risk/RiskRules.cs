namespace Streaming.Local.Risk;

/// <summary>How the stack's risk service judges: by rules that anybody can make true at will, to see what comes of it.</summary>
/// <remarks>
/// <c>blocked-…</c> customers are declined, as are totals above the limit; <c>unlucky-…</c> customers find the service failing (503), and
/// <c>slow-…</c> ones wait for an answer that never comes. Everybody else is approved.
/// </remarks>
internal static class RiskRules
{
    public const string Blocked = "blocked-";
    public const string Unlucky = "unlucky-";
    public const string Slow = "slow-";

    public static RiskJudgement Judge(string customerId, decimal total, decimal limit) => customerId switch
    {
        _ when customerId.StartsWith(Unlucky, StringComparison.Ordinal) => new(RiskBehaviour.Fail),
        _ when customerId.StartsWith(Slow, StringComparison.Ordinal) => new(RiskBehaviour.Hang),
        _ when customerId.StartsWith(Blocked, StringComparison.Ordinal) => new(RiskBehaviour.Answer, "declined", $"Customer {customerId} is blocked."),
        _ when total > limit => new(RiskBehaviour.Answer, "declined", FormattableString.Invariant($"The total of {total} is above the limit of {limit}.")),
        _ => new(RiskBehaviour.Answer, "approved"),
    };
}

/// <summary>What becomes of a call.</summary>
internal enum RiskBehaviour
{
    Answer,
    Fail,
    Hang,
}

/// <summary>What the service does, and says.</summary>
internal sealed record RiskJudgement(RiskBehaviour Behaviour, string? Verdict = null, string? Reason = null);
