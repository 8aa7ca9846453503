using Streaming.Contracts.Upcasting;

namespace Streaming.Contracts.Orders;

/// <summary>From what orders used to write to what they write now.</summary>
public static class OrdersUpcasters
{
    public static IReadOnlyList<Upcaster> All { get; } =
    [
        Upcaster.Of((V1.OrderRevoked e) => new OrderRevoked(
            e.OrderId, Cause: e.Code, e.CustomerId, e.AccountId, e.Currency, e.Lines, e.Total, e.Revision, e.Reason, e.OccurredAt)),
    ];
}
