using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Orders;
using Streaming.Domain.Fulfilment;
using Streaming.Domain.Orders;
using static Streaming.Domain.Tests.Orders.Some;

namespace Streaming.Domain.Tests.Fulfilment;

public sealed class FulfilmentRouteTests
{
    private static readonly FulfilmentLine _line = new(new("XYZ-1"), 2);

    [Fact]
    public void A_placed_order_is_fulfilled() =>
        FulfilmentRoute.From(Placed()).ShouldBe(new StartFulfilment(Id, Customer, Account, Euro, [_line], 21, 1, null));

    [Fact]
    public void A_changed_order_is_fulfilled_as_it_is_then() =>
        FulfilmentRoute.From(Changed(Line(), 21, 0)).ShouldBe(new ChangeFulfilment(Id, [_line], 21, 2, null));

    [Fact]
    public void A_cancelled_order_is_fulfilled_no_more() =>
        FulfilmentRoute.From(Cancelled()).ShouldBe(new CancelFulfilment(Id, CancelledBy.customer, null, null));

    [Fact]
    public void What_fulfilment_did_itself_it_need_not_hear()
    {
        OrderEvent[] events = [Accepted(), Rejected(), Revoked()];
        events.ShouldAllBe(happened => FulfilmentRoute.From(happened) == null);
    }

    [Fact]
    public void Whatever_orders_accept_fulfilment_accepts_too()
    {
        var lines = Enumerable.Range(0, OrderLimits.LinesMax).Select(i => Line(int.MaxValue, 0, $"XYZ-{i}")).ToArray();
        var placed = (OrderPlaced)OrdersDecider.Decide(Place(lines), Order.Unknown).Events.Single();
        FulfilmentLimits.Check(FulfilmentRoute.From(placed)!).ShouldBeNull();
    }
}
