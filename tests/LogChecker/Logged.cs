namespace Streaming.LogChecker;

/// <summary>An event as it stands in the log, committed.</summary>
/// <param name="Type">Full name of its record.</param>
/// <param name="CommandId">From the header that names the cause.</param>
public sealed record LoggedEvent(
    string Context, int Partition, long Offset, string AggregateId, long Sequence, string EventId, string CommandId, string Type, Fields Fields)
{
    /// <summary>The record's name without its namespace: versions of one event have it in common.</summary>
    public string Name => Type[(Type.LastIndexOf('.') + 1)..];

    public override string ToString() => $"{Context} {AggregateId}@{Sequence}";
}

/// <summary>A result as it stands in the log, committed.</summary>
/// <param name="EventCount">0 when refused.</param>
/// <param name="Refusal">Code and reason; null when accepted.</param>
/// <param name="Hash">Of the command's body, in hexadecimal.</param>
public sealed record LoggedResult(
    string Context, int Partition, string AggregateId, string CommandId, long Version, int EventCount, string? Refusal, string Hash);

/// <summary>What a caller was told at last.</summary>
public sealed record ToldAnswer(string Context, string AggregateId, string CommandId, bool IsAccepted, long Version);

/// <summary>An aggregate that was purged whole.</summary>
public sealed record LoggedErasure(string Context, string AggregateId);

/// <summary>Everything that is committed.</summary>
public sealed record CommittedLog(IReadOnlyList<LoggedEvent> Events, IReadOnlyList<LoggedResult> Results, IReadOnlyList<LoggedErasure> Erasures);
