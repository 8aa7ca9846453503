namespace Streaming.SqlSink.Inventory;

/// <summary>Stock of one product: a row of the table <c>stock</c>.</summary>
/// <param name="Version">Sequence of the last event in it.</param>
/// <param name="LastIncomingAt">Business time of the latest receipt or upward adjustment; null for none.</param>
/// <param name="LastOutgoingAt">Business time of the latest sale, shipment or downward adjustment; null for none.</param>
/// <param name="Offset">Where that event lies in its partition.</param>
internal sealed record StockRow(
    string Sku,
    string Name,
    int OnHand,
    int Reserved,
    long Version,
    DateTimeOffset? LastIncomingAt,
    DateTimeOffset? LastOutgoingAt,
    DateTimeOffset RecordedAt,
    long Offset);

/// <summary>What one event did to a product's stock: a row of the table <c>stock_movements</c>.</summary>
internal readonly record struct StockMovement(
    int DeltaOnHand, int DeltaReserved, int OnHand, int Reserved, string? Reason, string? Reference, string? OrderId);
