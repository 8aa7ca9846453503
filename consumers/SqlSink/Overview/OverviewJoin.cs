namespace Streaming.SqlSink.Overview;

/// <summary>Joins what the contexts have of an order, whichever of them arrived first. Pure.</summary>
internal static class OverviewJoin
{
    public static OverviewAnswer Join(string orderId, OverviewParts parts) => new(
        orderId,
        parts.Order?.Status,
        parts.Order?.CustomerId ?? parts.Fulfilment?.CustomerId,
        parts.Order?.AccountId ?? parts.Fulfilment?.AccountId ?? parts.Payment.AccountId,
        parts.Order?.Currency ?? parts.Fulfilment?.Currency ?? parts.Payment.Currency,
        parts.Order?.Total ?? parts.Fulfilment?.Total,
        Lines(parts),
        new(StatusOf(parts.Payment), parts.Payment.Held, parts.Payment.Captured, parts.Payment.Refunded),
        parts.Fulfilment is { } f ? new(f.Phase, f.Step, f.Attempt, f.IsStuck, f.Code, f.Reason, f.Deadline) : null,
        [.. Missing(parts)],
        new(parts.Order?.Version ?? 0, parts.Fulfilment?.Version ?? 0));

    private static List<OverviewLine> Lines(OverviewParts parts)
    {
        var stock = parts.Stock.ToDictionary(part => part.Sku);
        var ordered = parts.Order is { } order
            ? order.Lines.Select(line => (line.Sku, line.Quantity, Price: (decimal?)line.UnitPrice))
            : (parts.Fulfilment?.Lines ?? []).Select(line => (line.Sku, line.Quantity, Price: (decimal?)null));
        var lines = new List<OverviewLine>();
        foreach (var (sku, quantity, price) in ordered)
        {
            stock.Remove(sku, out var part);
            lines.Add(new(sku, quantity, price, part?.Reserved ?? 0, part?.Shipped ?? 0));
        }

        // Of an earlier revision, or of an order that is not known yet.
        lines.AddRange(stock.Values.OrderBy(part => part.Sku, StringComparer.Ordinal).Select(part => new OverviewLine(part.Sku, 0, null, part.Reserved, part.Shipped)));
        return lines;
    }

    /// <summary>Only what must have happened is missed: fulfilment starts after the order, and goes on when others have done their part.</summary>
    private static IEnumerable<string> Missing(OverviewParts parts)
    {
        if (parts.Order is null)
            yield return "order";
        if (parts.Fulfilment is null)
            yield return "fulfilment";
        var stock = parts.Stock.ToDictionary(part => part.Sku);
        foreach (var sku in Skus(parts.Steps, "reserve/").Union(Skus(parts.Steps, "ship/")).Order(StringComparer.Ordinal))
        {
            var part = stock.GetValueOrDefault(sku);
            if (part is not { WasReserved: true } || (parts.Steps.Contains("ship/" + sku) && part.Shipped == 0))
                yield return "stock/" + sku;
        }

        if ((parts.Steps.Contains("hold") && parts.Payment.MovementCount == 0) || (parts.Steps.Contains("capture") && !parts.Payment.IsCaptured))
            yield return "payment";
    }

    private static IEnumerable<string> Skus(IReadOnlySet<string> steps, string kind) =>
        steps.Where(step => step.StartsWith(kind, StringComparison.Ordinal)).Select(step => step[kind.Length..]);

    private static string StatusOf(PaymentPart payment) => payment switch
    {
        { MovementCount: 0 } => "None",
        { IsHeld: true } => "Held",
        { IsRefunded: true } => "Refunded",
        { IsCaptured: true } => "Captured",
        _ => "Released",
    };
}
