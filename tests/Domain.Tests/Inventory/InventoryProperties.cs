using Streaming.Contracts;
using Streaming.Contracts.Inventory;
using Streaming.Domain.Inventory;

namespace Streaming.Domain.Tests.Inventory;

/// <summary>What holds of a product's stock after any commands whatsoever.</summary>
public sealed class InventoryProperties()
    : Histories<InventoryCommand, InventoryEvent, StockLevel>(InventoryDecider.Instance, histories: 300, commandsPerHistory: 200)
{
    [Fact]
    public void Deltas_folded_equal_the_carried_levels() => AfterEveryEvent((_, happened, deltas, seed) =>
        Holds(deltas == Levels(happened), seed, happened));

    [Fact]
    public void Reserved_never_exceeds_what_is_on_hand() => AfterEveryEvent((stock, happened, _, seed) =>
    {
        var byOrder = stock.Reservations.ByOrder.Values;
        Holds(0 <= stock.Reserved && stock.Reserved <= stock.OnHand, seed, happened);
        Holds(byOrder.Sum() == stock.Reserved && byOrder.All(units => units > 0), seed, happened);
    });

    private void AfterEveryEvent(Action<StockLevel, InventoryEvent, (int OnHand, int Reserved), int> check) => AfterEveryEvent((0, 0), Add, check);

    private protected override InventoryCommand RandomCommand(Random random, StockLevel stock)
    {
        var quantity = random.Next(20) switch
        {
            0 => int.MaxValue - random.Next(3),
            1 => int.MinValue + random.Next(3),
            2 => 0,
            _ => random.Next(-10, 60),
        };
        var order = new OrderId($"order-{random.Next(4)}");
        return random.Next(40) == 0 ? Some.Discontinue() : random.Next(8) switch
        {
            0 => Some.Register(random.Next(10) == 0 ? " " : "Widget"),
            1 or 2 => Some.Receive(quantity),
            3 => Some.Sell(quantity),
            4 => Some.Adjust(quantity),
            5 => Some.Reserve(quantity, order),
            6 => Some.Release(quantity, order),
            _ => Some.Ship(quantity, order),
        };
    }

    private static (int OnHand, int Reserved) Add((int OnHand, int Reserved) levels, InventoryEvent happened) => happened switch
    {
        ProductRegistered => levels,
        ProductDiscontinued => levels,
        StockReceived e => (levels.OnHand + e.Quantity, levels.Reserved),
        StockSold e => (levels.OnHand - e.Quantity, levels.Reserved),
        StockFound e => (levels.OnHand + e.Quantity, levels.Reserved),
        StockLost e => (levels.OnHand - e.Quantity, levels.Reserved),
        StockReserved e => (levels.OnHand, levels.Reserved + e.Quantity),
        StockReleased e => (levels.OnHand, levels.Reserved - e.Quantity),
        StockShipped e => (levels.OnHand - e.Quantity, levels.Reserved - e.Quantity),
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "No delta for this event; add it above."),
    };

    private static (int OnHand, int Reserved) Levels(InventoryEvent happened) => happened switch
    {
        ProductRegistered e => (e.OnHand, e.Reserved),
        ProductDiscontinued e => (e.OnHand, e.Reserved),
        StockReceived e => (e.OnHand, e.Reserved),
        StockSold e => (e.OnHand, e.Reserved),
        StockFound e => (e.OnHand, e.Reserved),
        StockLost e => (e.OnHand, e.Reserved),
        StockReserved e => (e.OnHand, e.Reserved),
        StockReleased e => (e.OnHand, e.Reserved),
        StockShipped e => (e.OnHand, e.Reserved),
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "No levels on this event; add it above."),
    };
}
