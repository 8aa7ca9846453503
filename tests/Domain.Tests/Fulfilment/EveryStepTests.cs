using Streaming.Contracts;
using Streaming.Contracts.Accounts;
using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Orders;
using Streaming.Domain.Fulfilment;

namespace Streaming.Domain.Tests.Fulfilment;

/// <summary>One order, and one disturbance at each of its steps, with each of the requests after it refused: every case, where fate finds only some.</summary>
public sealed class EveryStepTests
{
    private const int RefusedAfterMax = 8;
    private static readonly OrderId _order = new("ORD-1");

    private static readonly (string Name, Action<World> Do)[] _disturbances =
    [
        ("nothing", _ => { }),
        ("the customer cancels", world => world.Ask(new CancelOrder(_order, null, null, null))),
        ("the customer changes the order", world => world.Ask(new ChangeOrderLines(_order, [new(new("XYZ-1"), 3, 1)], null, null, null))),
        ("an operator cancels", world => world.Ask(new CancelFulfilment(_order, CancelledBy.@operator, null, null))),
        ("the deadline passes", world => Ring(world)),
        ("the deadline passes, and an operator resumes", world =>
        {
            Ring(world);
            world.Ask(new ResumeFulfilment(_order, null, null));
        }),
        ("the account is emptied and closed, and an operator cancels", world =>
        {
            world.Leave(new("12345"));
            world.Ask(new CancelFulfilment(_order, CancelledBy.@operator, null, null));
        }),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whatever_happens_at_whatever_step_everything_adds_up_in_the_end(bool newestAnswerFirst)
    {
        for (var at = 0; at < 40; at++)
        {
            foreach (var (name, disturb) in _disturbances)
            {
                for (var refusedAfter = 0; refusedAfter <= RefusedAfterMax; refusedAfter++)
                {
                    var world = Open();
                    Run(world, at, disturb, refusedAfter, newestAnswerFirst);
                    if ((WorldSums.Wrong(world) ?? WorldSums.WrongAtRest(world)) is { } wrong)
                        Assert.Fail($"{name} at step {at}, request {refusedAfter} after it refused: {wrong}\n{string.Join('\n', world.Log)}");
                }
            }
        }
    }

    private static World Open()
    {
        var world = new World(FulfilmentTimeouts.Default);
        foreach (var sku in new Sku[] { new("XYZ-1"), new("XYZ-2") })
        {
            world.Ask(new RegisterProduct(sku, "Widget", null, null, null));
            world.Ask(new ReceiveStock(sku, 10, null, null, null));
        }
        world.Ask(new OpenAccount(new("12345"), "Damon Allison", new("EUR"), 500, null, null, null));
        world.Ask(new PlaceOrder(_order, new("customer-1"), new("12345"), new("EUR"), [new(new("XYZ-1"), 2, 10), new(new("XYZ-2"), 1, 5)], null, null, null));
        return world;
    }

    private static void Run(World world, int disturbedAt, Action<World> disturb, int refusedAfter, bool newestAnswerFirst)
    {
        for (var (step, answered) = (0, 0); step < 500; step++)
        {
            if (step == disturbedAt)
                disturb(world);
            if (world.Routed.Count > 0)
                world.Route(_order.Value);
            else if (world.Requests.Count > 0)
                world.Answer(world.Requests.Keys.First(), step > disturbedAt && ++answered == refusedAfter ? "expired" : null);
            else if (world.Heap.Count > 0)
                Deliver(world, newestAnswerFirst ? ^1 : 0);
            else if (world.Checks.Count > 0)
                Approve(world);
            else if (world.Fulfilments[_order.Value].IsStuck)
                world.Free(_order);
            else if (!Ring(world))
                return;
        }
        Assert.Fail("it does not come to rest");
    }

    private static void Deliver(World world, Index which)
    {
        var command = world.Heap[which];
        world.Heap.Remove(command);
        world.Ask(command);
    }

    private static void Approve(World world)
    {
        world.Heap.Add(new RecordRiskVerdict(_order, world.Checks[0].CheckId, RiskVerdict.approved, null, null));
        world.Checks.RemoveAt(0);
    }

    private static bool Ring(World world)
    {
        if (world.Fulfilments.GetValueOrDefault(_order.Value)?.Deadline is null)
            return false;
        world.Ring(_order.Value);
        return true;
    }
}
