using Streaming.Contracts;
using Streaming.Contracts.Inventory;

namespace Streaming.Domain.Inventory;

/// <summary>What inventory says when a rule about the stock is broken. The codes are part of the API.</summary>
internal static class InventoryRefusals
{
    public static Refusal UnknownSku(Sku sku) => new(
        "unknown-sku", $"{sku.Value} is not registered: register the product first, or check the SKU.");

    public static Refusal AlreadyRegistered(Sku sku, StockLevel stock) => new(
        "already-registered", $"{sku.Value} is registered as '{stock.Name}': a product is registered once; book its stock instead.");

    public static Refusal Discontinued(Sku sku) => new(
        "discontinued", $"{sku.Value} is discontinued, which is final: register the product under another SKU.");

    public static Refusal StockLeft(Sku sku, StockLevel stock) => new(
        "stock-left",
        $"{sku.Value} has {stock.OnHand} on hand, {stock.Reserved} of them reserved: sell, ship or adjust them to none first.");

    public static Refusal InsufficientStock(Sku sku, int asked, StockLevel stock) => new(
        "insufficient-stock",
        $"{asked} of {sku.Value} asked, {stock.Available} available ({stock.OnHand} on hand, {stock.Reserved} reserved): "
        + "ask for fewer, or receive stock first.");

    public static Refusal InsufficientReservation(Sku sku, OrderId order, int asked, StockLevel stock) => new(
        "insufficient-reservation",
        $"{asked} of {sku.Value} asked for order {order.Value}, which has {stock.Reservations.Of(order)} reserved: "
        + "ask for no more than that, or reserve first.");

    public static Refusal BelowReserved(Sku sku, int asked, StockLevel stock) => new(
        "below-reserved",
        $"Adjusting {sku.Value} by {asked} would leave less than the {stock.Reserved} reserved of {stock.OnHand} on hand: "
        + $"take at most {stock.Available}, or release reservations first.");

    public static Refusal TooManyUnits(Sku sku, int asked, StockLevel stock) => new(
        "too-many-units", $"{asked} of {sku.Value} asked, {stock.OnHand} on hand: at most {int.MaxValue - stock.OnHand} more can be booked.");
}
