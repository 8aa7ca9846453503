using Streaming.SqlSink.Querying;

namespace Streaming.SqlSink.Orders;

/// <summary>One order, as the query API answers it. Money is in <paramref name="Currency"/>, exact.</summary>
/// <param name="Status">Placed, Accepted, Rejected, Cancelled or Revoked.</param>
/// <param name="Revision">Which version of the lines this is, from 1.</param>
/// <param name="Version">Sequence of the last event that counts in this answer.</param>
/// <param name="Position">Where that event lies: topic-partition@offset.</param>
internal sealed record OrderAnswer(
    string OrderId,
    string Status,
    string CustomerId,
    string AccountId,
    string Currency,
    decimal Total,
    int Revision,
    IReadOnlyList<OrderRowLine> Lines,
    string? Channel,
    string? Code,
    string? Reason,
    string? Reference,
    DateTimeOffset PlacedAt,
    DateTimeOffset? ClosedAt,
    long Version,
    string Position,
    DateTimeOffset RecordedAt) : IVersioned
{
    string IVersioned.Id => OrderId;
}

/// <summary>One event in an order's history, with the order as it stood then.</summary>
internal sealed record OrderEntry(
    long Sequence,
    string Type,
    DateTimeOffset OccurredAt,
    string Status,
    decimal Total,
    int Revision,
    IReadOnlyList<OrderRowLine> Lines,
    string? Code,
    string? Reason,
    string Position,
    DateTimeOffset RecordedAt,
    EventOrigin Origin) : ISequenced;
