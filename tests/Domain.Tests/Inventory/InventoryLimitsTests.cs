using Streaming.Contracts;
using Streaming.Contracts.Inventory;
using Streaming.Domain.Inventory;
using static Streaming.Domain.Tests.Inventory.Some;

namespace Streaming.Domain.Tests.Inventory;

public sealed class InventoryLimitsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_quantity_is_above_zero(int quantity)
    {
        InventoryCommand[] commands = [Receive(quantity), Sell(quantity), Reserve(quantity), Release(quantity), Ship(quantity)];
        foreach (var command in commands)
            InventoryLimits.Check(command).ShouldNotBeNull().Code.ShouldBe("invalid-quantity");
    }

    [Fact]
    public void An_adjustment_is_not_zero()
    {
        InventoryLimits.Check(Adjust(0)).ShouldNotBeNull().Code.ShouldBe("invalid-quantity");
        InventoryLimits.Check(Adjust(-1)).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \t")]
    public void A_name_is_not_blank(string name) =>
        InventoryLimits.Check(Register(name)).ShouldNotBeNull().Code.ShouldBe("invalid-name");

    [Fact]
    public void What_people_type_is_bounded()
    {
        Code(Register(new string('n', InventoryLimits.NameLengthMax + 1))).ShouldBe("invalid-name");
        Code(Sell(1) with { Reason = new string('r', InventoryLimits.ReasonLengthMax + 1) }).ShouldBe("invalid-reason");
        Code(Sell(1) with { Reference = new string('r', InventoryLimits.ReferenceLengthMax + 1) }).ShouldBe("invalid-reference");
        Code(Ship(1) with { Reason = new string('r', InventoryLimits.ReasonLengthMax) }).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("a/b")]
    [InlineData("line\n")]
    public void An_id_is_a_single_word(string id)
    {
        Code(Register() with { Sku = new Sku(id) }).ShouldBe("invalid-sku");
        Code(Sell(1) with { Sku = new Sku(id) }).ShouldBe("invalid-sku");
        Code(Reserve(1, new OrderId(id))).ShouldBe("invalid-order-id");
    }

    [Fact]
    public void An_id_is_bounded()
    {
        Code(Register() with { Sku = new Sku(new string('s', InventoryLimits.SkuLengthMax)) }).ShouldBeNull();
        Code(Register() with { Sku = new Sku(new string('s', InventoryLimits.SkuLengthMax + 1)) }).ShouldBe("invalid-sku");
    }

    private static string? Code(InventoryCommand command) => InventoryLimits.Check(command)?.Code;
}
