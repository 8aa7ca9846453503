using Streaming.Sinks.Events;

namespace Streaming.Sinks.DryRuns;

/// <summary>What a dry run has found so far. Its partitions write here side by side.</summary>
internal sealed class Findings
{
    private const int ReasonsMax = 100;
    private const string Others = "further reasons";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Finding> _errors = [];

    public long EventCount { get; private set; }
    public long RepeatedCount { get; private set; }
    public long ErasedCount { get; private set; }
    public long WaitingCount { get; private set; }
    public long SkippedCallCount { get; private set; }
    public long UnprojectedCount { get; private set; }
    public long ErrorCount { get; private set; }

    /// <summary>Errors by their reason, the most frequent first.</summary>
    public IReadOnlyList<Finding> Errors
    {
        get
        {
            lock (_gate)
                return [.. _errors.Values.OrderByDescending(error => error.Count)];
        }
    }

    public void Count(Outcome outcome)
    {
        lock (_gate)
        {
            EventCount++;
            RepeatedCount += outcome == Outcome.Repeated ? 1 : 0;
            ErasedCount += outcome == Outcome.Erased ? 1 : 0;
            WaitingCount += outcome == Outcome.Waiting ? 1 : 0;
            UnprojectedCount += outcome == Outcome.Unprojected ? 1 : 0;
        }
    }

    public void CountSkippedCall()
    {
        lock (_gate)
            SkippedCallCount++;
    }

    public void Add(LogRecord record, string aggregate, Exception cause)
    {
        var position = $"{record.Topic}-{record.Partition}@{record.Offset}";
        var consequence = cause is PoisonEventException { IsDamage: false } ? Consequence.Parked : Consequence.Stopped;
        var message = cause is PoisonEventException ? cause.Message : $"{cause.GetType().Name}: {cause.Message}";
        var reason = $"{consequence} {Kind(message.Replace(aggregate, "#", StringComparison.Ordinal))}";
        lock (_gate)
        {
            ErrorCount++;
            if (_errors.Count >= ReasonsMax && !_errors.ContainsKey(reason))
                (reason, message) = (Others, Others);
            var known = _errors.GetValueOrDefault(reason) ?? new Finding(consequence, position, message, Count: 0);
            _errors[reason] = known with { Count = known.Count + 1 };
        }
    }

    // The same mistake names another order each time, and lies elsewhere.
    private static string Kind(string message) => string.Join(' ', message.Split(' ').Select(word => word.Any(char.IsAsciiDigit) ? "#" : word));
}

/// <summary>An error as often as it was met.</summary>
/// <param name="FirstPosition">Where it was met first.</param>
/// <param name="Message">As it read there.</param>
internal sealed record Finding(Consequence Consequence, string FirstPosition, string Message, long Count);

/// <summary>What the sink would do about an error.</summary>
internal enum Consequence
{
    /// <summary>Its event waits among the dead letters, and what follows of the aggregate behind it.</summary>
    Parked,

    /// <summary>Its partition stops.</summary>
    Stopped,
}

/// <summary>What became of a record that was no error.</summary>
internal enum Outcome
{
    Tried,

    /// <summary>An event that was there before: a sink passes over it.</summary>
    Repeated,

    /// <summary>Of an aggregate that was erased since.</summary>
    Erased,

    /// <summary>Of an aggregate with an error before.</summary>
    Waiting,

    /// <summary>Of an aggregate that began before the first event that was read.</summary>
    Unprojected,
}
