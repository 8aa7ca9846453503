using Streaming.Contracts;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Orders;

namespace Streaming.Domain.Tests.Orders;

/// <summary>Values that a test needs and does not care about, and commands and events without their optional fields.</summary>
internal static class Some
{
    public static readonly OrderId Id = new("ORD-1");
    public static readonly CustomerId Customer = new("customer-1");
    public static readonly AccountId Account = new("12345");
    public static readonly Currency Euro = new("EUR");
    public static readonly DateTimeOffset Day = new(2022, 3, 15, 0, 0, 0, TimeSpan.Zero);

    public static OrderLine Line(int quantity = 2, decimal unitPrice = 10.50m, string sku = "XYZ-1") => new(new Sku(sku), quantity, unitPrice);

    public static PlaceOrder Place(params OrderLine[] lines) => new(Id, Customer, Account, Euro, lines, null, null, Day);
    public static ChangeOrderLines Change(params OrderLine[] lines) => new(Id, lines, null, null, Day);
    public static AcceptOrder Accept(int revision = 1) => new(Id, revision, null, Day);
    public static RejectOrder Reject() => new(Id, "risk-declined", "Too good to be true.", Day);
    public static CancelOrder Cancel() => new(Id, null, null, Day);
    public static RevokeOrder Revoke() => new(Id, "stock-lost", null, Day);

    // All of one line: 2 at 10.50, which makes 21.00.
    public static OrderPlaced Placed() => new(Id, Customer, Account, Euro, [Line()], 21, 1, null, null, Day);
    public static OrderLinesChanged Changed(OrderLine line, decimal total, decimal by, int revision = 2) =>
        new(Id, Customer, Account, Euro, [line], total, revision, by, null, null, Day);
    public static OrderAccepted Accepted() => new(Id, Customer, Account, Euro, [Line()], 21, 1, null, Day);
    public static OrderRejected Rejected() => new(Id, "risk-declined", Customer, Account, Euro, [Line()], 21, 1, "Too good to be true.", Day);
    public static OrderCancelled Cancelled() => new(Id, Customer, Account, Euro, [Line()], 21, 1, null, null, Day);
    public static OrderRevoked Revoked() => new(Id, "stock-lost", Customer, Account, Euro, [Line()], 21, 1, null, Day);
}
