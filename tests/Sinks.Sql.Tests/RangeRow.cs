using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;
using Streaming.Sinks.Events;
using Streaming.Sinks.Sql.Projecting;
using Streaming.Sinks.Sql.Tables;

namespace Streaming.Sinks.Sql.Tests;

/// <summary>A consumer as a data team writes it: which products are in the range, and how often each was sold. A product that is discontinued has no row any more.</summary>
internal sealed record RangeRow(string Name, int SaleCount, decimal SoldShare, DateTimeOffset? LastSoldAt, string Tags)
{
    public static readonly SqlTable<RangeRow> Table = SqlTable.Of<RangeRow>("product_range", key: "sku")
        .Text("name", row => row.Name)
        .Int32("sale_count", row => row.SaleCount)
        .Numeric("sold_share", row => row.SoldShare, "numeric(10,6)")
        .TimestampOrNull("last_sold_at", row => row.LastSoldAt)
        .Jsonb("tags", row => row.Tags)
        .Read(row => new RangeRow(row.Text(), row.Int32(), row.Numeric(), row.TimestampOrNull(), row.Text()));

    public static RangeRow? Project(RangeRow? before, RecordedEvent recorded) => recorded.Record switch
    {
        ProductRegistered e => new RangeRow(e.DisplayName, 0, 0, null, "[]"),
        StockSold e => before! with { SaleCount = before.SaleCount + 1, SoldShare = (decimal)e.Quantity / (e.Quantity + e.OnHand), LastSoldAt = e.OccurredAt },
        ProductDiscontinued => null,
        _ => before,
    };

    public static readonly SqlSinkDefinition Sink = new("range-sink", new SqlContext(TopicCatalogue.Inventory, SqlProjection.Of(Table, Project)));
}
