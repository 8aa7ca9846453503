using Streaming.SqlSink.Querying;

namespace Streaming.SqlSink.Orders;

/// <summary>An order as it stands: a row of the table <c>orders</c>.</summary>
/// <param name="Status">Placed, Accepted, Rejected, Cancelled or Revoked.</param>
/// <param name="Lines">As the newest revision has them.</param>
/// <param name="Code">Which rule or cause led to a rejection or revocation; null otherwise.</param>
/// <param name="Reason">Why the newest event happened, in the caller's words.</param>
/// <param name="ClosedAt">Business time of the rejection, cancellation or revocation; null while it is none of these.</param>
internal sealed record OrderRow(
    string Status,
    string CustomerId,
    string AccountId,
    string Currency,
    decimal Total,
    int Revision,
    JsonList<OrderRowLine> Lines,
    string? Channel,
    string? Code,
    string? Reason,
    string? Reference,
    DateTimeOffset PlacedAt,
    DateTimeOffset? ClosedAt);

/// <summary>A line of an order.</summary>
internal sealed record OrderRowLine(string Sku, int Quantity, decimal UnitPrice);
