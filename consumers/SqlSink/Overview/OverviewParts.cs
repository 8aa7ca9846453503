using Streaming.SqlSink.Fulfilment;
using Streaming.SqlSink.Orders;

namespace Streaming.SqlSink.Overview;

/// <summary>What each context has of an order, read at one moment.</summary>
/// <param name="Order">Null while it is not known here.</param>
/// <param name="Fulfilment">Null while it is not known here.</param>
/// <param name="Steps">Every step that fulfilment says was done, in any attempt, such as <c>reserve/XYZ-1</c>.</param>
internal sealed record OverviewParts(
    OrderAnswer? Order, FulfilmentAnswer? Fulfilment, IReadOnlySet<string> Steps, IReadOnlyList<StockPart> Stock, PaymentPart Payment)
{
    public bool IsEmpty => Order is null && Fulfilment is null && Stock.Count == 0 && Payment.MovementCount == 0;
}

/// <summary>What inventory did for the order.</summary>
/// <param name="WasReserved">Units of it were set aside at some time.</param>
internal sealed record StockPart(string Sku, long Reserved, long Shipped, bool WasReserved);

/// <summary>What the account did for the order. An order of free goods has all this done with no money.</summary>
/// <param name="AccountId">Null for none.</param>
/// <param name="HoldCount">Holds less releases and captures.</param>
internal sealed record PaymentPart(
    string? AccountId, string? Currency, long MovementCount, decimal Held, decimal Captured, decimal Refunded, long HoldCount, long CaptureCount, long RefundCount)
{
    public bool IsHeld => HoldCount > 0;

    public bool IsCaptured => CaptureCount > 0;

    public bool IsRefunded => RefundCount > 0 && RefundCount == CaptureCount;
}
