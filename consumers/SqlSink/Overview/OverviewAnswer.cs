namespace Streaming.SqlSink.Overview;

/// <summary>An order with what other contexts have done for it. What has not arrived here yet is named in <paramref name="Missing"/>.</summary>
/// <param name="Status">The order's; null while it is not known here.</param>
/// <param name="Total">What it costs, in <paramref name="Currency"/>; null while neither the order nor its fulfilment is known here.</param>
/// <param name="Lines">As the order has them; while it is not known, as its fulfilment or else its stock has them.</param>
/// <param name="Fulfilment">Null while it is not known here.</param>
/// <param name="Missing">What must have happened by what is known, and is not here: <c>order</c>, <c>fulfilment</c>, <c>stock/XYZ-1</c>, <c>payment</c>.</param>
internal sealed record OverviewAnswer(
    string OrderId,
    string? Status,
    string? CustomerId,
    string? AccountId,
    string? Currency,
    decimal? Total,
    IReadOnlyList<OverviewLine> Lines,
    OverviewPayment Payment,
    OverviewFulfilment? Fulfilment,
    IReadOnlyList<string> Missing,
    OverviewVersions Versions);

/// <summary>A line, and what became of it.</summary>
/// <param name="Quantity">Units ordered; 0 for a product that was taken out of the order again.</param>
/// <param name="UnitPrice">Null while the order is not known here.</param>
/// <param name="Reserved">Units that are set aside for the order now.</param>
/// <param name="Shipped">Units that have left the shelf for it.</param>
internal sealed record OverviewLine(string Sku, int Quantity, decimal? UnitPrice, long Reserved, long Shipped);

/// <summary>What the account that pays has done for the order.</summary>
/// <param name="Held">Money that is set aside for it now.</param>
/// <param name="Captured">Money that was taken for it.</param>
/// <param name="Refunded">Money of that which was given back.</param>
/// <param name="Status">None, Held, Released, Captured or Refunded.</param>
internal sealed record OverviewPayment(string Status, decimal Held, decimal Captured, decimal Refunded);

/// <summary>How far fulfilment is.</summary>
internal sealed record OverviewFulfilment(string Phase, string Step, int Attempt, bool IsStuck, string? Code, string? Reason, DateTimeOffset? Deadline);

/// <summary>How far the events of the order and of its fulfilment are in the answer; 0 for none.</summary>
internal sealed record OverviewVersions(long Order, long Fulfilment);
