using Streaming.SqlSink.Querying;

namespace Streaming.SqlSink.Inventory;

/// <summary>Stock of one product, as the query API answers it.</summary>
/// <param name="UnitCount">Units on the shelf.</param>
/// <param name="Reserved">Units of these that are set aside for orders.</param>
/// <param name="DateIncoming">Business day (UTC) of the latest receipt or upward adjustment; null for none.</param>
/// <param name="DateOutgoing">Business day (UTC) of the latest sale, shipment or downward adjustment; null for none.</param>
/// <param name="Version">Sequence of the last event that counts in this answer.</param>
/// <param name="Position">Where that event lies: topic-partition@offset.</param>
internal sealed record StockAnswer(
    string Sku,
    string Name,
    long UnitCount,
    long Reserved,
    long Available,
    DateOnly? DateIncoming,
    DateOnly? DateOutgoing,
    long Version,
    string Position,
    DateTimeOffset RecordedAt) : IVersioned
{
    string IVersioned.Id => Sku;
}

/// <summary>One event in a product's timeline.</summary>
internal sealed record TimelineEntry(
    long Sequence,
    string Type,
    DateOnly Date,
    DateTimeOffset OccurredAt,
    int Delta,
    int DeltaReserved,
    string? Reason,
    string? Reference,
    string? OrderId,
    int UnitCount,
    int Reserved,
    int Available,
    string Position,
    DateTimeOffset RecordedAt,
    Guid? EventId,
    string? CausationId,
    string? Actor) : ISequenced;
