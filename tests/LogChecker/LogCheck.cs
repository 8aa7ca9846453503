namespace Streaming.LogChecker;

/// <summary>All checks of a committed log. Knows nothing of how the log came to be.</summary>
public static class LogCheck
{
    public static readonly IReadOnlyList<string> Contexts = ["inventory", "orders", "accounts", "fulfilment"];

    public const int PartitionCount = 6;

    /// <summary>Every violation of a promise, each in one sentence; none when all are kept.</summary>
    /// <param name="told">What callers were told, where somebody kept a list.</param>
    /// <param name="isSettled">No command and no order is under way any more, so that orders must be whole.</param>
    public static IReadOnlyList<string> Violations(CommittedLog log, IReadOnlyCollection<ToldAnswer> told, bool isSettled) =>
    [
        .. SequenceCheck.Violations(log, PartitionCount),
        .. ResultCheck.Violations(log),
        .. ResultCheck.Violations(log, told),
        .. BalanceCheck.Violations(log),
        .. isSettled ? OrderCheck.Violations(log) : [],
    ];
}
