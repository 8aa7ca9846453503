using System.Diagnostics;
using Streaming.Contracts.Inventory;

namespace Streaming.Domain.Inventory;

/// <summary>The rules of inventory; an aggregate is the stock of one SKU.</summary>
/// <remarks>
/// Sold are only units that nobody has reserved, shipped only those that the order has. Events carry the resulting levels, and the deltas
/// from event to event add up to them.
/// </remarks>
public static class InventoryDecider
{
    public static readonly Decider<InventoryCommand, InventoryEvent, StockLevel> Instance = new(StockLevel.Unknown, Decide, Evolve);

    /// <summary>What follows from a command. <see cref="InventoryCommand.OccurredAt"/> must be set: there is no clock in here.</summary>
    public static Decision<InventoryEvent> Decide(InventoryCommand command, StockLevel stock)
    {
        var occurredAt = command.OccurredAt
            ?? throw new ArgumentException("A command has no business time: stamp it before it is decided.", nameof(command));
        if (InventoryLimits.Check(command) is { } wrong)
            return wrong;
        return command switch
        {
            _ when stock.IsClosed => InventoryRefusals.Discontinued(command.Sku),
            RegisterProduct when stock.IsRegistered => InventoryRefusals.AlreadyRegistered(command.Sku, stock),
            RegisterProduct c => new ProductRegistered(c.Sku, c.Name, c.Reason, c.Reference, stock.OnHand, stock.Reserved, occurredAt),
            _ when !stock.IsRegistered => InventoryRefusals.UnknownSku(command.Sku),

            ReceiveStock c when c.Quantity > int.MaxValue - stock.OnHand => InventoryRefusals.TooManyUnits(c.Sku, c.Quantity, stock),
            ReceiveStock c => new StockReceived(
                c.Sku, c.Quantity, c.Reason, c.Reference, stock.OnHand + c.Quantity, stock.Reserved, occurredAt, c.Supplier),

            SellStock c when c.Quantity > stock.Available => InventoryRefusals.InsufficientStock(c.Sku, c.Quantity, stock),
            SellStock c => new StockSold(
                c.Sku, c.Quantity, c.Reason, c.Reference, stock.OnHand - c.Quantity, stock.Reserved, occurredAt),

            AdjustStock c when c.Quantity > int.MaxValue - stock.OnHand => InventoryRefusals.TooManyUnits(c.Sku, c.Quantity, stock),
            AdjustStock c when c.Quantity < -stock.Available => InventoryRefusals.BelowReserved(c.Sku, c.Quantity, stock),
            AdjustStock { Quantity: < 0 } c => new StockLost(
                c.Sku, -c.Quantity, c.Reason, c.Reference, stock.OnHand + c.Quantity, stock.Reserved, occurredAt),
            AdjustStock c => new StockFound(
                c.Sku, c.Quantity, c.Reason, c.Reference, stock.OnHand + c.Quantity, stock.Reserved, occurredAt),

            ReserveStock c when c.Quantity > stock.Available => InventoryRefusals.InsufficientStock(c.Sku, c.Quantity, stock),
            ReserveStock c => new StockReserved(
                c.Sku, c.OrderId, c.Quantity, c.Reason, stock.OnHand, stock.Reserved + c.Quantity, occurredAt),

            ReleaseStock c when c.Quantity > stock.Reservations.Of(c.OrderId) =>
                InventoryRefusals.InsufficientReservation(c.Sku, c.OrderId, c.Quantity, stock),
            ReleaseStock c => new StockReleased(
                c.Sku, c.OrderId, c.Quantity, c.Reason, stock.OnHand, stock.Reserved - c.Quantity, occurredAt),

            ShipStock c when c.Quantity > stock.Reservations.Of(c.OrderId) =>
                InventoryRefusals.InsufficientReservation(c.Sku, c.OrderId, c.Quantity, stock),
            ShipStock c => new StockShipped(
                c.Sku, c.OrderId, c.Quantity, c.Reason, stock.OnHand - c.Quantity, stock.Reserved - c.Quantity, occurredAt),

            DiscontinueProduct c when stock.OnHand > 0 => InventoryRefusals.StockLeft(c.Sku, stock),
            DiscontinueProduct c => new ProductDiscontinued(c.Sku, c.Reason, c.Reference, stock.OnHand, stock.Reserved, occurredAt),

            _ => throw new UnreachableException($"No decision for {command.GetType().Name}; add it above."),
        };
    }

    /// <summary>The stock after an event: levels as the event carries them, reservations by its delta.</summary>
    public static StockLevel Evolve(StockLevel stock, InventoryEvent happened) => happened switch
    {
        ProductRegistered e => stock with { Name = e.DisplayName },
        StockReceived e => stock with { OnHand = e.OnHand },
        StockSold e => stock with { OnHand = e.OnHand },
        StockFound e => stock with { OnHand = e.OnHand },
        StockLost e => stock with { OnHand = e.OnHand },
        StockReserved e => stock with { Reserved = e.Reserved, Reservations = stock.Reservations.Add(e.OrderId, e.Quantity) },
        StockReleased e => stock with { Reserved = e.Reserved, Reservations = stock.Reservations.Add(e.OrderId, -e.Quantity) },
        StockShipped e => stock with
        {
            OnHand = e.OnHand,
            Reserved = e.Reserved,
            Reservations = stock.Reservations.Add(e.OrderId, -e.Quantity),
        },
        ProductDiscontinued => stock with { IsClosed = true },
        _ => throw new UnreachableException($"No evolution for {happened.GetType().Name}; add it above."),
    };
}
