using System.Text.Json;
using Streaming.Avro;
using Streaming.Fixtures;
using Streaming.SqlSink.Tests.Support;

namespace Streaming.SqlSink.Tests.Queries;

public sealed class SaleIntervalTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Times_between_sales_are_counted_by_business_time_however_late_a_sale_was_recorded()
    {
        await using var host = await QueryHost.StartAsync(postgres);
        // Sold on days 1, 2, 4 and 10; that of day 2 was recorded last. What is received, reserved and shipped is no sale.
        await host.HappensAsync("inventory", "A", Records(new ProductHistory("A").Register("2022-01-01").Receive(50, "2022-01-01").Sell(1, "2022-01-01")
            .Sell(1, "2022-01-04").Reserve(1, "2022-01-05").Ship(1, "2022-01-06").Sell(1, "2022-01-10").Sell(1, "2022-01-02")));

        (await host.GetAsync("/analytics/time-between-sales?sku=A")).GetRawText()
            .ShouldBe("""{"sku":"A","sales":4,"intervals":3,"minSeconds":86400,"averageSeconds":259200,"medianSeconds":172800,"maxSeconds":518400}""");
    }

    [Fact]
    public async Task All_products_are_listed_page_by_page()
    {
        await using var host = await QueryHost.StartAsync(postgres);
        await host.HappensAsync("inventory", "A", Records(new ProductHistory("A").Register("2022-01-01").Receive(9, "2022-01-01").Sell(1, "2022-01-01").Sell(1, "2022-01-02")));
        await host.HappensAsync("inventory", "B", Records(new ProductHistory("B").Register("2022-01-01").Receive(9, "2022-01-01").Sell(1, "2022-01-01")));
        await host.HappensAsync("inventory", "C", Records(new ProductHistory("C").Register("2022-01-01")));

        var first = await host.GetAsync("/analytics/time-between-sales?limit=2");
        var second = await host.GetAsync(first.GetProperty("next").GetString()!);

        first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray())
            .Select(item => $"{item.GetProperty("sku")} {item.GetProperty("sales")} {item.GetProperty("medianSeconds").GetRawText()}").ShouldBe(["A 2 86400", "B 1 null", "C 0 null"]);
        second.GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    private static IAvroRecord[] Records(ProductHistory history) => [.. history.Events.Cast<IAvroRecord>()];
}
