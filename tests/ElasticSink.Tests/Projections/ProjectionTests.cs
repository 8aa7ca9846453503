using Streaming.Contracts;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Orders;
using Streaming.ElasticSink.Accounts;
using Streaming.ElasticSink.Inventory;
using Streaming.ElasticSink.Orders;
using Streaming.ElasticSink.Tests.Support;
using Streaming.Sinks.Events;

namespace Streaming.ElasticSink.Tests.Projections;

/// <summary>(document before, event) → document after.</summary>
public sealed class ProjectionTests
{
    private static readonly DateTimeOffset Day = new(2022, 3, 15, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Stock_follows_what_the_events_carry_and_late_ones_move_no_date_back()
    {
        var product = Products.Project(null, Stock(new ProductRegistered(new Sku("XYZ-1"), "Widget", null, null, 0, 0, Day), 1));
        product = Products.Project(product, Stock(new StockReceived(new Sku("XYZ-1"), 100, null, null, 100, 0, Day.AddDays(5)), 2));
        product = Products.Project(product, Stock(new StockReserved(new Sku("XYZ-1"), new OrderId("o"), 30, null, 100, 30, Day.AddDays(6)), 3));
        product = Products.Project(product, Stock(new StockReceived(new Sku("XYZ-1"), 1, null, null, 101, 30, Day), 4));
        product.ShouldBe(new ProductDocument("XYZ-1", "Widget", 101, 30, 71, IsDiscontinued: false, Day.AddDays(5), null));
    }

    [Fact]
    public void An_account_arrives_at_the_stories_balance()
    {
        AccountDocument? account = null;
        foreach (var recorded in Some.AccountEvents("12345"))
            account = AccountModel.Project(account, recorded);
        account.ShouldBe(new AccountDocument("12345", "Damon Allison", "USD", 1200m, 0m, 1200m, IsClosed: false));
    }

    [Fact]
    public void What_belongs_to_something_else_or_has_no_beginning_is_poison()
    {
        Should.Throw<PoisonEventException>(() => AccountModel.Project(null, Stock(new ProductRegistered(new Sku("a"), "a", null, null, 0, 0, Day), 1)));
        Should.Throw<PoisonEventException>(() => Products.Project(null, Some.Recorded(new ProductRegistered(new Sku("a"), "a", null, null, 0, 0, Day), "b", 1, 0, Some.Stock)));
        var cancelled = new OrderCancelled(OrderId: new OrderId("o"), CustomerId: new CustomerId("c"), AccountId: new AccountId("a"), Currency: new Currency("USD"), Lines: [], Total: 1m, Revision: 1,
            Reason: "x", Reference: null, OccurredAt: Day);
        Should.Throw<PoisonEventException>(() => OrderModel.Project(null, Some.Recorded(cancelled, "o", 2, 0, "orders.events")));
    }

    private static RecordedEvent Stock(InventoryEvent happened, long sequence) => Some.Recorded(happened, happened.Sku.Value, sequence, sequence, Some.Stock);
}
