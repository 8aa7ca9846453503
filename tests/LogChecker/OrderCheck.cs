namespace Streaming.LogChecker;

/// <summary>Once nothing is under way any more, every order is either paid and shipped whole, or has left no trace on stock and account.</summary>
/// <remarks>An order whose acceptance was taken back may have shipped what it had shipped; its money is back all the same.</remarks>
public static class OrderCheck
{
    public static IEnumerable<string> Violations(CommittedLog log)
    {
        var orders = log.Events.Where(logged => logged.Context == "orders").GroupBy(logged => logged.AggregateId);
        var stock = log.Events.Where(logged => logged.Context == "inventory" && logged.Fields.Has("orderId")).ToLookup(OrderOf);
        var money = log.Events.Where(logged => logged.Context == "accounts" && logged.Fields.Has("orderId")).ToLookup(OrderOf);
        var givenUp = log.Events.Where(logged => logged.Name == "RefundGivenUp").ToLookup(OrderOf);
        return orders.SelectMany(order => OfOne([.. order.OrderBy(logged => logged.Sequence)], stock[order.Key], money[order.Key], givenUp[order.Key]));
    }

    private static IEnumerable<string> OfOne(IReadOnlyList<LoggedEvent> order, IEnumerable<LoggedEvent> stock, IEnumerable<LoggedEvent> money, IEnumerable<LoggedEvent> givenUp)
    {
        var id = order[0].AggregateId;
        var outcome = order[^1].Name;
        if (outcome is "OrderPlaced" or "OrderLinesChanged")
            yield return $"Order {id} is still open.";

        var shipped = stock.Where(logged => logged.Name == "StockShipped").ToList();
        var reserved = Sum(stock, "StockReserved") - Sum(stock, "StockReleased") - Sum(stock, "StockShipped");
        if (reserved != 0)
            yield return $"Order {id} ({outcome}) still has {reserved} units reserved.";
        var held = Sum(money, "FundsHeld", "amount") - Sum(money, "FundsReleased", "amount") - Sum(money, "FundsCaptured", "amount");
        if (held != 0)
            yield return $"Order {id} ({outcome}) still holds {held}.";

        // A reversal that somebody else asked for is a decision about a paid order, and leaves the order as it is.
        var refunded = Sum(money.Where(logged => logged.CommandId.StartsWith("fulfilment/", StringComparison.Ordinal)), "EntryReversed", "amount");
        var paid = Sum(money, "FundsCaptured", "amount") - refunded;
        var owed = outcome == "OrderAccepted" ? order[^1].Fields.Number("total") : Sum(givenUp, "RefundGivenUp", "amount");
        if (paid != owed)
            yield return $"Order {id} ({outcome}) has paid {paid}, {owed} is owed.";
        if (outcome == "OrderAccepted" && !Ordered(order).OrderBy(line => line.Sku).SequenceEqual(Shipped(shipped).OrderBy(line => line.Sku)))
            yield return $"Order {id} is accepted, and was shipped {string.Join(", ", Shipped(shipped))} of {string.Join(", ", Ordered(order))}.";
        if (outcome is "OrderRejected" or "OrderCancelled" && shipped.Count > 0)
            yield return $"Order {id} ({outcome}) was shipped {string.Join(", ", Shipped(shipped))}.";
    }

    private static IEnumerable<(string Sku, decimal Units)> Ordered(IReadOnlyList<LoggedEvent> order) =>
        order.Last(logged => logged.Name is "OrderPlaced" or "OrderLinesChanged").Fields.Records("lines").Select(line => (line.Text("sku")!, line.Number("quantity")));

    private static IEnumerable<(string Sku, decimal Units)> Shipped(IEnumerable<LoggedEvent> shipped) =>
        shipped.GroupBy(logged => logged.AggregateId).Select(sku => (sku.Key, sku.Sum(logged => logged.Fields.Number("quantity"))));

    private static decimal Sum(IEnumerable<LoggedEvent> events, string name, string field = "quantity") =>
        events.Where(logged => logged.Name == name).Sum(logged => logged.Fields.Number(field));

    private static string OrderOf(LoggedEvent logged) => logged.Fields.Text("orderId") ?? "";
}
