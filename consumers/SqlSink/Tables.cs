using Streaming.Contracts.Topics;
using Streaming.Sinks.Sql;
using Streaming.SqlSink.Accounts;
using Streaming.SqlSink.Fulfilment;
using Streaming.SqlSink.Inventory;
using Streaming.SqlSink.Orders;

namespace Streaming.SqlSink;

/// <summary>What this sink makes of which events.</summary>
internal static class Tables
{
    public static readonly SqlSinkDefinition All = new(
        "sql-sink",
        new SqlContext(TopicCatalogue.Inventory, StockTable.Projection),
        new SqlContext(TopicCatalogue.Orders, OrderTable.Projection),
        new SqlContext(TopicCatalogue.Accounts, AccountTable.Projection),
        new SqlContext(TopicCatalogue.Fulfilment, FulfilmentTable.Projection)) { Migrations = typeof(Tables).Assembly, Schema = "streaming" };
}
