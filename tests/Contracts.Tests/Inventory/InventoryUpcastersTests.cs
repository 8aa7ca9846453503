using Streaming.Contracts.Inventory;
using Streaming.Contracts.Upcasting;

namespace Streaming.Contracts.Tests.Inventory;

public sealed class InventoryUpcastersTests
{
    private static readonly DateTimeOffset _day = new(2022, 4, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Sku _sku = new("XYZ-1");
    private readonly UpcasterChains _chains = new(Upcasters.All, AvroRecords.All);

    [Fact]
    public void A_product_keeps_its_name_as_display_name() =>
        _chains.Upcast(new Contracts.Inventory.V1.ProductRegistered(_sku, "Widget", "why", "doc", 0, 0, _day))
            .ShouldBe(new ProductRegistered(_sku, "Widget", "why", "doc", 0, 0, _day));

    [Fact]
    public void An_adjustment_downwards_is_a_loss() =>
        _chains.Upcast(Adjusted(-20)).ShouldBe(new StockLost(_sku, 20, "why", "doc", 190, 5, _day));

    [Fact]
    public void An_adjustment_upwards_is_a_find() =>
        _chains.Upcast(Adjusted(20)).ShouldBe(new StockFound(_sku, 20, "why", "doc", 190, 5, _day));

    [Fact]
    public void A_loss_that_no_number_holds_is_no_loss_of_nothing() => Should.Throw<OverflowException>(() => _chains.Upcast(Adjusted(int.MinValue)));

    [Fact]
    public void Nothing_superseded_is_left_without_an_upcaster()
    {
        var superseded = AvroRecords.All.Where(record => record.ClrType.Namespace!.Split('.')[^1] is ['V', _]).ToList();
        superseded.ShouldNotBeEmpty();
        superseded.ShouldAllBe(record => _chains.Continue(record));
    }

    private static Contracts.Inventory.V1.StockAdjusted Adjusted(int quantity) => new(_sku, quantity, "why", "doc", 190, 5, _day);
}
