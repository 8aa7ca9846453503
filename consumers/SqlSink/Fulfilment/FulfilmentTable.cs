using Streaming.Sinks.Sql.Projecting;
using Streaming.Sinks.Sql.Tables;

namespace Streaming.SqlSink.Fulfilment;

/// <summary>The tables <c>fulfilments</c> and <c>fulfilment_steps</c>.</summary>
internal static class FulfilmentTable
{
    public static readonly SqlTable<FulfilmentRow> Fulfilments = SqlTable.Of<FulfilmentRow>("fulfilments", key: "order_id")
        .Text("phase", row => row.Phase)
        .Text("step", row => row.Step)
        .Int32("attempt", row => row.Attempt)
        .Int32("revision", row => row.Revision)
        .Text("customer_id", row => row.CustomerId)
        .Text("account_id", row => row.AccountId)
        .Text("currency", row => row.Currency)
        .Numeric("total", row => row.Total)
        .Jsonb("lines", row => row.Lines.Text)
        .Jsonb("shipped", row => row.Shipped.Text)
        .Boolean("is_stuck", row => row.IsStuck)
        .TextOrNull("code", row => row.Code)
        .TextOrNull("reason", row => row.Reason)
        .TimestampOrNull("deadline", row => row.Deadline)
        .Timestamp("started_at", row => row.StartedAt)
        .TimestampOrNull("ended_at", row => row.EndedAt)
        .Read(row => new FulfilmentRow(
            row.Text(), row.Text(), row.Int32(), row.Int32(), row.Text(), row.Text(), row.Text(), row.Numeric(), new(row.Text()), new(row.Text()),
            row.Boolean(), row.TextOrNull(), row.TextOrNull(), row.TimestampOrNull(), row.Timestamp(), row.TimestampOrNull()));

    public static readonly SqlProjection Projection = SqlProjection.Of(Fulfilments, SqlHistory.Versions(Fulfilments, "fulfilment_steps"), FulfilmentProjection.Project);
}
