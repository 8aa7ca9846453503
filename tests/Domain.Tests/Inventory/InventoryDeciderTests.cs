using Streaming.Contracts.Inventory;
using Streaming.Domain.Inventory;
using static Streaming.Domain.Tests.Inventory.Some;

namespace Streaming.Domain.Tests.Inventory;

public sealed class InventoryDeciderTests
{
    private static Scenario<InventoryCommand, InventoryEvent, StockLevel> Given(params InventoryEvent[] events) =>
        new(InventoryDecider.Instance, events);

    [Fact]
    public void Registering_makes_a_product_known_without_stock() =>
        Given().When(Register()).Then(Registered()).AndState(new("Widget", 0, 0, Reservations.None));

    [Fact]
    public void Registering_twice_is_refused() =>
        Given(Registered()).When(Register("Gadget")).ThenRefused("already-registered", "'Widget'");

    [Fact]
    public void Whatever_else_is_asked_of_an_unknown_product_is_refused()
    {
        InventoryCommand[] commands = [Receive(1), Sell(1), Adjust(1), Reserve(1), Release(1), Ship(1), Discontinue()];
        foreach (var command in commands)
            Given().When(command).ThenRefused("unknown-sku", "register the product first");
    }

    [Fact]
    public void Receiving_adds_to_what_is_on_hand() =>
        Given(Registered(), Received(100, onHand: 100)).When(Receive(50)).Then(Received(50, onHand: 150));

    [Fact]
    public void Receiving_more_than_can_be_counted_is_refused() =>
        Given(Registered(), Received(5, onHand: 5)).When(Receive(int.MaxValue))
            .ThenRefused("too-many-units", $"at most {int.MaxValue - 5} more");

    [Fact]
    public void Selling_takes_from_what_is_on_hand() =>
        Given(Registered(), Received(5, onHand: 5)).When(Sell(5)).Then(Sold(5, onHand: 0));

    [Fact]
    public void Selling_more_than_is_available_is_refused() =>
        Given(Registered(), Received(5, onHand: 5), Reserved(2, onHand: 5, reserved: 2)).When(Sell(4))
            .ThenRefused("insufficient-stock", "3 available (5 on hand, 2 reserved)");

    [Fact]
    public void Adjusting_books_what_a_count_found()
    {
        Given(Registered(), Received(5, onHand: 5)).When(Adjust(-2)).Then(Adjusted(-2, onHand: 3));
        Given(Registered(), Received(5, onHand: 5)).When(Adjust(2)).Then(Adjusted(2, onHand: 7));
    }

    [Fact]
    public void Adjusting_below_what_is_reserved_is_refused() =>
        Given(Registered(), Received(5, onHand: 5), Reserved(4, onHand: 5, reserved: 4)).When(Adjust(-2))
            .ThenRefused("below-reserved", "take at most 1");

    [Fact]
    public void Adjusting_below_nothing_is_refused_even_by_the_largest_number() =>
        Given(Registered(), Received(5, onHand: 5)).When(Adjust(int.MinValue)).ThenRefused("below-reserved", "take at most 5");

    [Fact]
    public void Adjusting_above_what_can_be_counted_is_refused() =>
        Given(Registered(), Received(5, onHand: 5)).When(Adjust(int.MaxValue)).ThenRefused("too-many-units", "5 on hand");

    [Fact]
    public void Reserving_sets_units_aside_for_an_order() =>
        Given(Registered(), Received(5, onHand: 5)).When(Reserve(3))
            .Then(Reserved(3, onHand: 5, reserved: 3))
            .AndState(new("Widget", 5, 3, Reservations.None.Add(Order, 3)));

    [Fact]
    public void Reserving_more_than_is_available_is_refused() =>
        Given(Registered(), Received(5, onHand: 5)).When(Reserve(6)).ThenRefused("insufficient-stock", "5 available");

    [Fact]
    public void Releasing_makes_units_available_again() =>
        Given(Registered(), Received(5, onHand: 5), Reserved(3, onHand: 5, reserved: 3)).When(Release(3))
            .Then(Released(3, onHand: 5, reserved: 0))
            .AndState(new("Widget", 5, 0, Reservations.None));

    [Fact]
    public void Releasing_more_than_the_order_has_is_refused_although_others_have_more() =>
        Given(Registered(), Received(5, onHand: 5), Reserved(1, 5, 1), Reserved(4, 5, 5, OtherOrder)).When(Release(2))
            .ThenRefused("insufficient-reservation", "order-1, which has 1 reserved");

    [Fact]
    public void Shipping_takes_the_units_and_their_reservation() =>
        Given(Registered(), Received(5, onHand: 5), Reserved(3, onHand: 5, reserved: 3)).When(Ship(2))
            .Then(Shipped(2, onHand: 3, reserved: 1))
            .AndState(new("Widget", 3, 1, Reservations.None.Add(Order, 1)));

    [Fact]
    public void Shipping_more_than_the_order_has_is_refused() =>
        Given(Registered(), Received(5, onHand: 5)).When(Ship(1)).ThenRefused("insufficient-reservation", "has 0 reserved");

    [Fact]
    public void A_product_without_stock_can_be_discontinued() =>
        Given(Registered(), Received(5, onHand: 5), Sold(5, onHand: 0)).When(Discontinue())
            .Then(Discontinued())
            .AndState(new("Widget", 0, 0, Reservations.None) { IsClosed = true });

    [Fact]
    public void A_product_with_stock_is_not_discontinued() =>
        Given(Registered(), Received(5, onHand: 5), Reserved(2, onHand: 5, reserved: 2)).When(Discontinue())
            .ThenRefused("stock-left", "5 on hand, 2 of them reserved");

    [Fact]
    public void Whatever_is_asked_of_a_discontinued_product_is_refused()
    {
        InventoryCommand[] commands =
            [Register(), Receive(1), Sell(1), Adjust(1), Reserve(1), Release(1), Ship(1), Discontinue()];
        foreach (var command in commands)
            Given(Registered(), Discontinued()).When(command).ThenRefused("discontinued", "under another SKU");
    }

    [Fact]
    public void A_command_without_business_time_is_a_mistake_of_its_sender() =>
        Should.Throw<ArgumentException>(() => Given().When(Register() with { OccurredAt = null }));

    [Fact]
    public void The_story_of_the_reference_product_ends_at_190()
    {
        InventoryCommand[] commands =
            [Register(), Receive(100), Receive(100), Sell(20), Receive(50), Sell(20), Adjust(-20)];
        var levels = new List<int>();
        var stock = StockLevel.Unknown;
        foreach (var command in commands)
        {
            stock = InventoryDecider.Decide(command, stock).Events.Aggregate(stock, InventoryDecider.Evolve);
            levels.Add(stock.OnHand);
        }

        levels.ShouldBe([0, 100, 200, 180, 230, 210, 190]);
    }
}
