using Streaming.Contracts.Orders;
using Streaming.Domain.Orders;

namespace Streaming.Domain.Tests.Orders;

/// <summary>What holds of an order after any commands whatsoever.</summary>
public sealed class OrderProperties() : Histories<OrderCommand, OrderEvent, Order>(OrdersDecider.Instance, histories: 2_000, commandsPerHistory: 25)
{
    [Fact]
    public void The_total_is_the_sum_of_the_lines_and_the_changes_add_up_to_it() => AfterEveryEvent(static (order, happened, changes) =>
        order.Total.Amount == order.Lines.Sum(line => line.Quantity * line.UnitPrice) && changes == order.Total.Amount && happened is not null);

    [Fact]
    public void Every_event_carries_the_order_as_it_is_then() => AfterEveryEvent(static (order, happened, _) => happened switch
    {
        OrderPlaced e => (e.Total, e.Revision) == (order.Total.Amount, order.Revision) && e.Lines.SequenceEqual(order.Lines),
        OrderLinesChanged e => (e.Total, e.Revision) == (order.Total.Amount, order.Revision) && e.Lines.SequenceEqual(order.Lines),
        OrderAccepted e => (e.Total, e.Revision) == (order.Total.Amount, order.Revision) && e.Lines.SequenceEqual(order.Lines),
        OrderRejected e => (e.Total, e.Revision) == (order.Total.Amount, order.Revision) && e.Lines.SequenceEqual(order.Lines),
        OrderCancelled e => (e.Total, e.Revision) == (order.Total.Amount, order.Revision) && e.Lines.SequenceEqual(order.Lines),
        OrderRevoked e => (e.Total, e.Revision) == (order.Total.Amount, order.Revision) && e.Lines.SequenceEqual(order.Lines),
        _ => false,
    });

    private void AfterEveryEvent(Func<Order, OrderEvent, decimal, bool> holds) =>
        AfterEveryEvent(0m, Change, (order, happened, changes, seed) => Holds(holds(order, happened, changes), seed, happened));

    private static decimal Change(decimal sum, OrderEvent happened) => happened switch
    {
        OrderPlaced e => sum + e.Total,
        OrderLinesChanged e => sum + e.TotalChange,
        _ => sum,
    };

    private protected override OrderCommand RandomCommand(Random random, Order order) => random.Next(12) switch
    {
        0 or 1 or 2 => Some.Place(Lines(random)),
        3 or 4 or 5 or 6 or 7 => Some.Change(Lines(random)),
        8 => Some.Accept(random.Next(1, 6)),
        9 => random.Next(3) == 0 ? Some.Reject() : Some.Revoke(),
        10 => random.Next(3) == 0 ? Some.Cancel() : Some.Accept(1),
        _ => Some.Revoke(),
    };

    private static OrderLine[] Lines(Random random) =>
    [
        .. Enumerable.Range(0, random.Next(0, 6)).Select(i => Some.Line(
            random.Next(8) == 0 ? int.MaxValue : random.Next(0, 100),
            random.Next(8) == 0 ? Money.AmountMax / 3 : random.Next(0, 10_000) / 100m,
            $"XYZ-{(random.Next(10) == 0 ? 0 : i)}")),
    ];
}
