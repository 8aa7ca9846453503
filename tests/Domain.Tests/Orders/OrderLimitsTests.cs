using Streaming.Contracts.Orders;
using Streaming.Domain.Orders;
using static Streaming.Domain.Tests.Orders.Some;

namespace Streaming.Domain.Tests.Orders;

public sealed class OrderLimitsTests
{
    [Fact]
    public void An_order_has_one_to_a_hundred_lines()
    {
        Code(Place()).ShouldBe("invalid-lines");
        Code(Place(Lines(100))).ShouldBeNull();
        Code(Place(Lines(101))).ShouldBe("invalid-lines");
        Code(Change(Lines(101))).ShouldBe("invalid-lines");
    }

    [Fact]
    public void A_product_has_one_line() => Check(Place(Line(1), Line(2))).ShouldNotBeNull().Reason.ShouldContain("lines[1] has XYZ-1 a second time");

    [Fact]
    public void A_line_has_units_and_a_price_that_may_be_zero()
    {
        Code(Place(Line(quantity: 0))).ShouldBe("invalid-quantity");
        Code(Place(Line(quantity: -1))).ShouldBe("invalid-quantity");
        Code(Place(Line(unitPrice: -0.01m))).ShouldBe("invalid-unit-price");
        Code(Place(Line(unitPrice: 0.001m))).ShouldBe("invalid-unit-price");
        Code(Place(Line(sku: "a b"))).ShouldBe("invalid-sku");
        Code(Place(Line(unitPrice: 0))).ShouldBeNull();
    }

    [Fact]
    public void A_refusal_names_the_line() => Check(Place(Line(), Line(0, sku: "XYZ-2"))).ShouldNotBeNull().Reason.ShouldContain("lines[1].quantity is 0");

    [Fact]
    public void A_total_has_no_more_digits_than_a_record_holds()
    {
        Code(Place(Line(1, 999_999_999_999_999_999_999_999.99m))).ShouldBeNull();
        Code(Place(Line(2, 999_999_999_999_999_999_999_999.99m))).ShouldBe("total-too-large");
        Code(Place(Line(int.MaxValue, 999_999_999_999_999_999_999_999.99m))).ShouldBe("total-too-large");
        Code(Place(Line(1, 999_999_999_999_999_999_999_999.99m), Line(1, 0.01m, "XYZ-2"))).ShouldBe("total-too-large");
    }

    [Fact]
    public void Ids_codes_and_texts_are_bounded()
    {
        Code(Place(Line()) with { OrderId = new("") }).ShouldBe("invalid-order-id");
        Code(Place(Line()) with { CustomerId = new("") }).ShouldBe("invalid-customer-id");
        Code(Place(Line()) with { AccountId = new("") }).ShouldBe("invalid-account-id");
        Code(Place(Line()) with { Currency = new("EURO") }).ShouldBe("invalid-currency");
        Code(Reject() with { Code = "Not a code" }).ShouldBe("invalid-code");
        Code(Revoke() with { Code = "" }).ShouldBe("invalid-code");
        Code(Accept(0)).ShouldBe("invalid-revision");
        Code(Cancel() with { Reason = new string('r', 501) }).ShouldBe("invalid-reason");
    }

    private static OrderLine[] Lines(int count) => [.. Enumerable.Range(1, count).Select(i => Line(sku: $"XYZ-{i}"))];

    private static Refusal? Check(OrderCommand command) => OrderLimits.Check(command);

    private static string? Code(OrderCommand command) => OrderLimits.Check(command)?.Code;
}
