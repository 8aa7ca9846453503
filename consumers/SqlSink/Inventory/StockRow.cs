namespace Streaming.SqlSink.Inventory;

/// <summary>Stock of one product: a row of the table <c>stock</c>.</summary>
/// <param name="LastIncomingAt">Business time of the latest receipt or upward adjustment; null for none.</param>
/// <param name="LastOutgoingAt">Business time of the latest sale, shipment or downward adjustment; null for none.</param>
internal sealed record StockRow(string Name, int OnHand, int Reserved, DateTimeOffset? LastIncomingAt, DateTimeOffset? LastOutgoingAt);

/// <summary>What one event did to a product's stock: a row of the table <c>stock_movements</c>.</summary>
internal readonly record struct StockMovement(
    int DeltaOnHand, int DeltaReserved, int OnHand, int Reserved, string? Reason, string? Reference, string? OrderId);
