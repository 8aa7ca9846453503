using Streaming.Contracts;
using Streaming.Contracts.Inventory;

namespace Streaming.SqlSink.Tests.Support;

/// <summary>Writes down what happens to one product, with the levels that result: events as the command host would record them.</summary>
internal sealed class ProductHistory(string sku)
{
    private readonly List<InventoryEvent> _events = [];
    private int _onHand;
    private int _reserved;

    public string Sku => sku;

    /// <summary>In order; the first has sequence 1.</summary>
    public IReadOnlyList<InventoryEvent> Events => _events;

    public ProductHistory Register(string day, string name = "A product") =>
        Add(new ProductRegistered(new Sku(sku), name, null, null, _onHand, _reserved, At(day)));

    public ProductHistory Receive(int quantity, string day, string? reason = null) =>
        Add(new StockReceived(new Sku(sku), quantity, reason, "delivery note 7", _onHand += quantity, _reserved, At(day)));

    public ProductHistory Sell(int quantity, string day, string? reason = null) =>
        Add(new StockSold(new Sku(sku), quantity, reason, null, _onHand -= quantity, _reserved, At(day)));

    public ProductHistory Adjust(int quantity, string day, string? reason = "count") =>
        Add(quantity < 0
            ? new StockLost(new Sku(sku), -quantity, reason, null, _onHand += quantity, _reserved, At(day))
            : new StockFound(new Sku(sku), quantity, reason, null, _onHand += quantity, _reserved, At(day)));

    public ProductHistory Reserve(int quantity, string day, string order = "order-1") =>
        Add(new StockReserved(new Sku(sku), new OrderId(order), quantity, null, _onHand, _reserved += quantity, At(day)));

    public ProductHistory Release(int quantity, string day, string order = "order-1") =>
        Add(new StockReleased(new Sku(sku), new OrderId(order), quantity, null, _onHand, _reserved -= quantity, At(day)));

    public ProductHistory Ship(int quantity, string day, string order = "order-1") =>
        Add(new StockShipped(new Sku(sku), new OrderId(order), quantity, null, _onHand -= quantity, _reserved -= quantity, At(day)));

    /// <summary>The first events of another history of the same product.</summary>
    public ProductHistory Take(ProductHistory history, int count)
    {
        _events.AddRange(history.Events.Take(count));
        return this;
    }

    /// <summary>The reference story: [XYZ-1, 100, 2022-01-01, 2022-02-01], then 200, 230 and 190 units.</summary>
    public static ProductHistory Reference(string sku = "XYZ-1") => new ProductHistory(sku)
        .Register("2022-01-01").Receive(120, "2022-01-01").Sell(20, "2022-02-01")
        .Receive(100, "2022-03-01")
        .Sell(20, "2022-03-15").Receive(50, "2022-03-15")
        .Sell(20, "2022-04-01").Adjust(-20, "2022-04-01", "damaged");

    public static DateTimeOffset At(string day) => DateTimeOffset.Parse($"{day}T10:00:00Z");

    private ProductHistory Add(InventoryEvent happened)
    {
        _events.Add(happened);
        return this;
    }
}
