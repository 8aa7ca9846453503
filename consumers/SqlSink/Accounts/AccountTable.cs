using Streaming.Contracts.Accounts;
using Streaming.Sinks.Sql.Projecting;
using Streaming.Sinks.Sql.Tables;

namespace Streaming.SqlSink.Accounts;

/// <summary>The tables <c>accounts</c> and <c>account_movements</c>.</summary>
internal static class AccountTable
{
    public static readonly SqlTable<AccountRow> Accounts = SqlTable.Of<AccountRow>("accounts", key: "account_id")
        .Text("holder", row => row.Holder)
        .Text("currency", row => row.Currency)
        .Numeric("balance", row => row.Balance)
        .Numeric("held", row => row.Held)
        .Boolean("is_closed", row => row.IsClosed)
        .Int64("last_entry", row => row.LastEntry)
        .Read(row => new AccountRow(row.Text(), row.Text(), row.Numeric(), row.Numeric(), row.Boolean(), row.Int64()));

    /// <param name="move">What an event did.</param>
    public static SqlHistory<AccountRow> DeclareMovements(Func<Change<AccountRow>, AccountMovement> move) => SqlHistory
        .Of<AccountRow, AccountMovement>("account_movements", move)
        .Numeric("delta_balance", movement => movement.DeltaBalance)
        .Numeric("delta_held", movement => movement.DeltaHeld)
        .Numeric("balance", movement => movement.Balance)
        .Numeric("held", movement => movement.Held)
        .Text("currency", movement => movement.Currency)
        .Int64OrNull("entry", movement => movement.Entry)
        .Int64OrNull("reversed_entry", movement => movement.ReversedEntry)
        .TextOrNull("order_id", movement => movement.OrderId)
        .TextOrNull("reason", movement => movement.Reason)
        .TextOrNull("reference", movement => movement.Reference)
        .TextOrNull("payer", movement => movement.Payer)
        .Restore("holder", "coalesce(t.holder, '')")
        .Restore("is_closed", "h.event_type LIKE 'streaming.%.AccountClosed'")   // Nothing happens to an account behind that.
        .Restore("last_entry", "coalesce((SELECT max(m.entry) FROM {history} m WHERE m.account_id = h.account_id), 0)")
        .End();

    public static readonly SqlProjection Projection = SqlProjection.Of(
        Accounts, DeclareMovements(change => AccountProjection.Move((AccountEvent)change.Recorded.Record)), AccountProjection.Project);
}
