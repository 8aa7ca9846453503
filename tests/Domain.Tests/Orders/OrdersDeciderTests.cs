using Streaming.Contracts.Orders;
using Streaming.Domain.Orders;
using static Streaming.Domain.Tests.Orders.Some;

namespace Streaming.Domain.Tests.Orders;

public sealed class OrdersDeciderTests
{
    private static Scenario<OrderCommand, OrderEvent, Order> Given(params OrderEvent[] events) => new(OrdersDecider.Instance, events);

    [Fact]
    public void Placing_adds_up_the_lines() =>
        Given().When(Place(Line(2, 10.50m), Line(3, 0.25m, "XYZ-2")))
            .Then(new OrderPlaced(Id, Customer, Account, Euro, [Line(2, 10.50m), Line(3, 0.25m, "XYZ-2")], 21.75m, 1, null, null, Day))
            .AndState(new(OrderStatus.Placed, Customer, Account, [Line(2, 10.50m), Line(3, 0.25m, "XYZ-2")], new(21.75m, Euro), 1));

    [Fact]
    public void Placing_twice_is_refused() => Given(Placed()).When(Place(Line())).ThenRefused("already-placed", "change its lines");

    [Fact]
    public void Whatever_else_is_asked_of_an_unknown_order_is_refused()
    {
        foreach (var command in Anything)
            Given().When(command).ThenRefused("unknown-order", "place the order first");
    }

    [Fact]
    public void Changing_the_lines_makes_a_new_revision()
    {
        Given(Placed()).When(Change(Line(1))).Then(Changed(Line(1), total: 10.50m, by: -10.50m));
        Given(Placed(), Changed(Line(1), 10.50m, -10.50m)).When(Change(Line(3))).Then(Changed(Line(3), total: 31.50m, by: 21, revision: 3));
    }

    [Fact]
    public void Changed_prices_have_the_decimals_of_the_orders_currency() =>
        Given(Placed()).When(Change(Line(1, 0.001m))).ThenRefused("invalid-unit-price", "at most 2 decimals");

    [Fact]
    public void Accepting_promises_the_revision_that_was_checked() => Given(Placed()).When(Accept(1)).Then(Accepted());

    [Fact]
    public void Accepting_another_revision_is_refused()
    {
        Given(Placed(), Changed(Line(1), 10.50m, -10.50m)).When(Accept(1)).ThenRefused("order-changed", "in revision 2, not 1");
        Given(Placed(), Accepted()).When(Accept(2)).ThenRefused("order-changed", "in revision 1, not 2");
    }

    [Fact]
    public void Rejecting_says_which_rule_and_why() => Given(Placed()).When(Reject()).Then(Rejected());

    [Fact]
    public void A_customer_may_cancel_what_is_not_accepted() => Given(Placed()).When(Cancel()).Then(Cancelled());

    [Fact]
    public void Once_accepted_an_order_can_only_be_revoked()
    {
        OrderCommand[] commands = [Change(Line()), Accept(), Reject(), Cancel()];
        foreach (var command in commands)
            Given(Placed(), Accepted()).When(command).ThenRefused("order-accepted", "revoked where that fails");
        Given(Placed(), Accepted()).When(Revoke()).Then(Revoked());
    }

    [Fact]
    public void What_is_not_accepted_is_not_revoked() => Given(Placed()).When(Revoke()).ThenRefused("order-not-accepted", "reject or cancel it");

    [Fact]
    public void Rejected_cancelled_and_revoked_are_final()
    {
        (OrderEvent[] Events, string Code)[] ends =
            [([Placed(), Rejected()], "order-rejected"), ([Placed(), Cancelled()], "order-cancelled"), ([Placed(), Accepted(), Revoked()], "order-revoked")];
        foreach (var (events, code) in ends)
        {
            events.Aggregate(Order.Unknown, OrdersDecider.Evolve).IsClosed.ShouldBeTrue();
            foreach (var command in Anything)
                Given(events).When(command).ThenRefused(code, "place another order");
        }
        OrdersDecider.Evolve(OrdersDecider.Evolve(Order.Unknown, Placed()), Accepted()).IsClosed.ShouldBeFalse();
    }

    [Fact]
    public void A_command_without_business_time_is_a_mistake_of_its_sender() =>
        Should.Throw<ArgumentException>(() => Given().When(Accept() with { OccurredAt = null }));

    private static OrderCommand[] Anything => [Change(Line()), Accept(), Reject(), Cancel(), Revoke()];
}
