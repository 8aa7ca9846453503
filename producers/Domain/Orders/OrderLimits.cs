using Streaming.Contracts;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Orders;

namespace Streaming.Domain.Orders;

/// <summary>What a command must look like, whatever the order: the rules that need no state.</summary>
public static class OrderLimits
{
    public const int LinesMax = 100;

    /// <summary>The first rule that the command breaks; null when it breaks none.</summary>
    /// <remarks>The prices of <see cref="ChangeOrderLines"/> are checked by the decider, which knows the order's currency.</remarks>
    public static Refusal? Check(OrderCommand command) => Fields.Id("orderId", command.OrderId.Value) ?? command switch
    {
        PlaceOrder c => Fields.Id("customerId", c.CustomerId.Value)
            ?? Fields.Id("accountId", c.AccountId.Value)
            ?? (Currencies.MinorUnits(c.Currency) is null ? Fields.UnknownCurrency(c.Currency) : null)
            ?? Lines(c.Lines)
            ?? Prices(c.Lines, c.Currency)
            ?? Fields.Texts(c.Reason, c.Reference)
            ?? Fields.TooLong("channel", c.Channel, Fields.IdLengthMax),
        ChangeOrderLines c => Lines(c.Lines) ?? Fields.Texts(c.Reason, c.Reference),
        AcceptOrder c => Fields.AboveZero("revision", c.Revision, of: "changes") ?? Fields.Texts(c.Reason),
        RejectOrder c => Fields.Code("code", c.Code) ?? Fields.Texts(c.Reason),
        CancelOrder c => Fields.Texts(c.Reason, c.Reference),
        RevokeOrder c => Fields.Code("code", c.Code) ?? Fields.Texts(c.Reason),
        _ => null,
    };

    /// <summary>The first price that is none in this currency; null when all are, and their total is one, too.</summary>
    internal static Refusal? Prices(IReadOnlyList<OrderLine> lines, Currency currency)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            if (Fields.Amount($"lines[{i}].unitPrice", lines[i].UnitPrice, currency, isZeroAllowed: true) is { } wrong)
                return wrong;
        }
        return TryTotal(lines) is null
            ? new("total-too-large", $"The lines amount to more than {Money.AmountMax} {currency}: order less at a time.")
            : null;
    }

    /// <summary>Sum over the lines of quantity times unit price; null when no record could hold it.</summary>
    internal static decimal? TryTotal(IReadOnlyList<OrderLine> lines)
    {
        var total = 0m;
        foreach (var line in lines)
        {
            // Compared by division: the product itself could be more than a decimal holds.
            if (line.UnitPrice > Money.AmountMax / line.Quantity)
                return null;
            total += line.Quantity * line.UnitPrice;
            if (total > Money.AmountMax)
                return null;
        }
        return total;
    }

    private static Refusal? Lines(IReadOnlyList<OrderLine> lines)
    {
        if (lines.Count is < 1 or > LinesMax)
            return Fields.Wrong("lines", $"lines has {lines.Count}: give 1 to {LinesMax}.");
        var seen = new HashSet<Sku>();
        for (var i = 0; i < lines.Count; i++)
        {
            var wrong = Fields.Id($"lines[{i}].sku", lines[i].Sku.Value)
                ?? Fields.AboveZero($"lines[{i}].quantity", lines[i].Quantity, of: "units");
            if (wrong is not null)
                return wrong;
            if (!seen.Add(lines[i].Sku))
                return Fields.Wrong("lines", $"lines[{i}] has {lines[i].Sku} a second time: give one line per SKU, with the sum of the units.");
        }
        return null;
    }
}
