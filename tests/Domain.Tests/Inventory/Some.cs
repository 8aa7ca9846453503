using Streaming.Contracts;
using Streaming.Contracts.Inventory;

namespace Streaming.Domain.Tests.Inventory;

/// <summary>Values that a test needs and does not care about, and commands and events without their optional fields.</summary>
internal static class Some
{
    public static readonly Sku Widget = new("XYZ-1");
    public static readonly OrderId Order = new("order-1");
    public static readonly OrderId OtherOrder = new("order-2");
    public static readonly DateTimeOffset Day = new(2022, 3, 15, 0, 0, 0, TimeSpan.Zero);

    public static RegisterProduct Register(string name = "Widget", string? reason = null) => new(Widget, name, reason, null, Day);
    public static ReceiveStock Receive(int quantity) => new(Widget, quantity, null, null, Day);
    public static SellStock Sell(int quantity) => new(Widget, quantity, null, null, Day);
    public static AdjustStock Adjust(int quantity) => new(Widget, quantity, null, null, Day);
    public static ReserveStock Reserve(int quantity, OrderId? order = null) => new(Widget, order ?? Order, quantity, null, Day);
    public static ReleaseStock Release(int quantity, OrderId? order = null) => new(Widget, order ?? Order, quantity, null, Day);
    public static ShipStock Ship(int quantity, OrderId? order = null) => new(Widget, order ?? Order, quantity, null, Day);
    public static DiscontinueProduct Discontinue() => new(Widget, null, null, Day);

    public static ProductRegistered Registered(string name = "Widget") => new(Widget, name, null, null, 0, 0, Day);
    public static ProductDiscontinued Discontinued() => new(Widget, null, null, 0, 0, Day);
    public static StockReceived Received(int quantity, int onHand, int reserved = 0) =>
        new(Widget, quantity, null, null, onHand, reserved, Day);
    public static StockSold Sold(int quantity, int onHand, int reserved = 0) => new(Widget, quantity, null, null, onHand, reserved, Day);
    public static InventoryEvent Adjusted(int quantity, int onHand, int reserved = 0) => quantity < 0
        ? new StockLost(Widget, -quantity, null, null, onHand, reserved, Day)
        : new StockFound(Widget, quantity, null, null, onHand, reserved, Day);
    public static StockReserved Reserved(int quantity, int onHand, int reserved, OrderId? order = null) =>
        new(Widget, order ?? Order, quantity, null, onHand, reserved, Day);
    public static StockReleased Released(int quantity, int onHand, int reserved) =>
        new(Widget, Order, quantity, null, onHand, reserved, Day);
    public static StockShipped Shipped(int quantity, int onHand, int reserved) => new(Widget, Order, quantity, null, onHand, reserved, Day);
}
