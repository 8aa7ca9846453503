using Streaming.SqlSink.Querying;

namespace Streaming.SqlSink.Fulfilment;

/// <summary>Fulfilment of one order, as the query API answers it.</summary>
/// <param name="Phase">What it waits for.</param>
/// <param name="Step">What was done last.</param>
/// <param name="Version">Sequence of the last event that counts in this answer.</param>
/// <param name="Position">Where that event lies: topic-partition@offset.</param>
internal sealed record FulfilmentAnswer(
    string OrderId,
    string Phase,
    string Step,
    int Attempt,
    int Revision,
    string CustomerId,
    string AccountId,
    string Currency,
    decimal Total,
    IReadOnlyList<FulfilmentRowLine> Lines,
    IReadOnlyList<FulfilmentRowLine> Shipped,
    bool IsStuck,
    string? Code,
    string? Reason,
    DateTimeOffset? Deadline,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    long Version,
    string Position,
    DateTimeOffset RecordedAt) : IVersioned
{
    string IVersioned.Id => OrderId;
}

/// <summary>One step of a fulfilment, with its times.</summary>
/// <param name="TookSeconds">Time since the step before; null for the first.</param>
internal sealed record FulfilmentStep(
    long Sequence,
    string Type,
    DateTimeOffset OccurredAt,
    double? TookSeconds,
    string Step,
    string Phase,
    int Attempt,
    bool IsStuck,
    string? Code,
    string? Reason,
    DateTimeOffset? Deadline,
    string Position,
    DateTimeOffset RecordedAt,
    EventOrigin Origin) : ISequenced;
