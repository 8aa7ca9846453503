using Streaming.Contracts;
using Streaming.Contracts.Inventory;
using Streaming.Domain.Inventory;

namespace Streaming.Domain.Tests.Inventory;

/// <summary>What holds after any commands whatsoever. A failure names its seed.</summary>
public sealed class InventoryProperties
{
    private const int Histories = 300;
    private const int CommandsPerHistory = 200;

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

    [Fact]
    public void Deciding_again_gives_the_same()
    {
        foreach (var (command, stock, seed) in Decisions())
        {
            var (once, again) = (InventoryDecider.Decide(command, stock), InventoryDecider.Decide(command, stock));
            Holds(again.Events.SequenceEqual(once.Events) && again.Refusal == once.Refusal, seed, command);
        }
    }

    [Fact]
    public void A_refusal_says_which_rule_and_what_would_be_accepted()
    {
        foreach (var (command, stock, seed) in Decisions())
        {
            if (InventoryDecider.Decide(command, stock).Refusal is not { } refusal)
                continue;
            Holds(refusal.Code.All(c => c is '-' or (>= 'a' and <= 'z')), seed, command);
            Holds(refusal.Reason.Contains(": ", StringComparison.Ordinal), seed, command);
        }
    }

    // Formats its message only when it is needed: there are a hundred thousand events.
    private static void Holds(bool holds, int seed, object subject)
    {
        if (!holds)
            Assert.Fail($"seed {seed}: {subject}");
    }

    private static void AfterEveryEvent(Action<StockLevel, InventoryEvent, (int OnHand, int Reserved), int> check)
    {
        var (deltas, lastSeed) = ((OnHand: 0, Reserved: 0), -1);
        foreach (var (command, before, seed) in Decisions())
        {
            if (seed != lastSeed)
                (deltas, lastSeed) = ((0, 0), seed);
            var stock = before;
            foreach (var happened in InventoryDecider.Decide(command, before).Events)
            {
                stock = InventoryDecider.Evolve(stock, happened);
                deltas = Add(deltas, happened);
                check(stock, happened, deltas, seed);
            }
        }
    }

    // Every command of every history with the stock that it finds, one history per seed.
    private static IEnumerable<(InventoryCommand Command, StockLevel Stock, int Seed)> Decisions()
    {
        var first = Environment.TickCount & 0xFFFFFF;
        for (var seed = first; seed < first + Histories; seed++)
        {
            var random = new Random(seed);
            var stock = StockLevel.Unknown;
            for (var i = 0; i < CommandsPerHistory; i++)
            {
                var command = RandomCommand(random);
                yield return (command, stock, seed);
                stock = InventoryDecider.Decide(command, stock).Events.Aggregate(stock, InventoryDecider.Evolve);
            }
        }
    }

    private static InventoryCommand RandomCommand(Random random)
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
