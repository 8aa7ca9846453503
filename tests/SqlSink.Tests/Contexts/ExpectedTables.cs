using System.Globalization;
using Streaming.Contracts.Accounts;
using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Orders;
using Streaming.Domain;
using Streaming.Domain.Accounts;
using Streaming.Domain.Fulfilment;
using Streaming.Domain.Inventory;
using Streaming.Domain.Orders;
using Streaming.Sinks.Events;

namespace Streaming.SqlSink.Tests.Contexts;

/// <summary>What the tables must hold by a log: each event folded by the domain's own rules, and what it changed taken from the states around it.</summary>
internal static class ExpectedTables
{
    private static readonly Decider<FulfilmentCommand, FulfilmentEvent, FulfilmentState> _fulfilment = FulfilmentDecider.With(FulfilmentTimeouts.Default);

    /// <summary>Queries, each with the rows that it must give.</summary>
    public static IEnumerable<(string Query, List<string> Rows)> Of(IEnumerable<RecordedEvent> events)
    {
        var log = events.ToList();
        var stock = Fold<InventoryEvent, StockLevel>(log, InventoryDecider.Instance.Initial, InventoryDecider.Evolve);
        yield return (
            "SELECT sku || '@' || version || ' ' || name || ' ' || on_hand || '/' || reserved || '/' || available FROM stock",
            Newest(stock, (e, level) => $"{e.AggregateId}@{e.Sequence} {level.Name} {level.OnHand}/{level.Reserved}/{level.Available}"));
        yield return (
            "SELECT sku || '@' || sequence || ' ' || delta_on_hand || '/' || delta_reserved || ' ' || on_hand || '/' || reserved || ' ' || topic || '-' || partition || '@' || record_offset FROM stock_movements",
            [.. stock.Select(s => $"{Key(s.Event)} {s.After.OnHand - s.Before.OnHand}/{s.After.Reserved - s.Before.Reserved} {s.After.OnHand}/{s.After.Reserved} {s.Event.Position}")]);

        var accounts = Fold<AccountEvent, Account>(log, AccountsDecider.Instance.Initial, AccountsDecider.Evolve);
        yield return (
            "SELECT account_id || '@' || version || ' ' || holder || ' ' || currency || ' ' || balance || '/' || held || '/' || available || ' ' || is_closed FROM accounts",
            Newest(accounts, (e, a) => $"{Key(e)} {a.Holder} {a.Currency} {Amount(a.Balance)}/{Amount(a.Held)}/{Amount(a.Available)} {(a.IsClosed ? "true" : "false")}"));
        yield return (
            "SELECT account_id || '@' || sequence || ' ' || delta_balance || '/' || delta_held || ' ' || balance || '/' || held || ' ' || topic || '-' || partition || '@' || record_offset FROM account_movements",
            [.. accounts.Select(s => $"{Key(s.Event)} {Amount(s.After.Balance.Amount - s.Before.Balance.Amount)}/{Amount(s.After.Held.Amount - s.Before.Held.Amount)} "
                + $"{Amount(s.After.Balance)}/{Amount(s.After.Held)} {s.Event.Position}")]);

        const string OrderColumns = "status || ' ' || customer_id || ' ' || account_id || ' ' || currency || ' ' || total || ' r' || revision || ' ' || (SELECT string_agg((l->>'sku') || 'x' || (l->>'quantity') || 'x' || (l->>'unitPrice')::numeric(28,4), ',' ORDER BY n) FROM jsonb_array_elements(lines) WITH ORDINALITY AS a (l, n))";
        var orders = Fold<OrderEvent, Order>(log, OrdersDecider.Instance.Initial, OrdersDecider.Evolve);
        yield return ($"SELECT order_id || '@' || version || ' ' || {OrderColumns} FROM orders", Newest(orders, (e, order) => $"{Key(e)} {Text(order)}"));
        yield return ($"SELECT order_id || '@' || sequence || ' ' || {OrderColumns} FROM order_versions", [.. orders.Select(s => $"{Key(s.Event)} {Text(s.After)}")]);

        const string Skus = "coalesce((SELECT string_agg((l->>'sku') || 'x' || (l->>'quantity'), ',' ORDER BY n) FROM jsonb_array_elements({0}) WITH ORDINALITY AS a (l, n)), '')";
        var fulfilmentColumns = "phase || ' a' || attempt || ' r' || revision || ' ' || account_id || ' ' || total || ' [' || " + Skus.Replace("{0}", "lines") + " || '] [' || "
            + Skus.Replace("{0}", "shipped") + " || '] ' || is_stuck || ' ' || coalesce(code, '-') || ' ' || coalesce(extract(epoch FROM deadline)::bigint::text, '-')";
        var fulfilments = Fold<FulfilmentEvent, FulfilmentState>(log, _fulfilment.Initial, _fulfilment.Evolve);
        yield return ($"SELECT order_id || '@' || version || ' ' || {fulfilmentColumns} FROM fulfilments", Newest(fulfilments, (e, state) => $"{Key(e)} {Text(state)}"));
        yield return ($"SELECT order_id || '@' || sequence || ' ' || {fulfilmentColumns} FROM fulfilment_steps", [.. fulfilments.Select(s => $"{Key(s.Event)} {Text(s.After)}")]);

        yield return (
            "SELECT topic || '-' || partition || '@' || record_offset || ' ' || aggregate_id || '@' || sequence || ' ' || event_id || ' ' || event_type FROM audit_log",
            [.. log.Select(e => $"{e.Position} {Key(e)} {e.EventId} {e.WriterSchema.FullName}")]);
    }

    private static List<(RecordedEvent Event, TState Before, TState After)> Fold<TEvent, TState>(
        List<RecordedEvent> log, TState initial, Func<TState, TEvent, TState> evolve)
    {
        var states = new Dictionary<string, TState>();
        var steps = new List<(RecordedEvent, TState, TState)>();
        foreach (var recorded in log)
        {
            if (recorded.Record is not TEvent happened)
                continue;
            var before = states.GetValueOrDefault(recorded.AggregateId, initial);
            steps.Add((recorded, before, states[recorded.AggregateId] = evolve(before, happened)));
        }

        return steps;
    }

    private static List<string> Newest<TState>(List<(RecordedEvent Event, TState Before, TState After)> steps, Func<RecordedEvent, TState, string> text) =>
        [.. steps.GroupBy(step => step.Event.AggregateId).Select(aggregate => aggregate.MaxBy(step => step.Event.Sequence)).Select(step => text(step.Event, step.After))];

    private static string Key(RecordedEvent recorded) => $"{recorded.AggregateId}@{recorded.Sequence}";

    private static string Text(Order order) => $"{order.Status} {order.CustomerId} {order.AccountId} {order.Currency} {Amount(order.Total)} r{order.Revision} "
        + string.Join(",", order.Lines.Select(line => $"{line.Sku}x{line.Quantity}x{Amount(line.UnitPrice)}"));

    private static string Text(FulfilmentState state) =>
        $"{state.Phase} a{state.Attempt} r{state.Order.Revision} {state.AccountId} {Amount(state.Order.Total)} [{Text(state.Order.Lines)}] [{Text(state.Shipped)}] "
        + $"{(state.IsStuck ? "true" : "false")} {state.Rollback?.Code ?? "-"} {state.Deadline?.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) ?? "-"}";

    private static string Text(Lines lines) => string.Join(",", lines.Select(line => $"{line.Sku}x{line.Quantity}"));

    private static string Amount(Money money) => Amount(money.Amount);

    private static string Amount(decimal amount) => amount.ToString("0.0000", CultureInfo.InvariantCulture);
}
