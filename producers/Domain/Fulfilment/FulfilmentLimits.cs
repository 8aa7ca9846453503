using Streaming.Contracts.Fulfilment;
using Streaming.Domain.Orders;

namespace Streaming.Domain.Fulfilment;

/// <summary>What a command must look like, whatever has been done for the order: the rules that need no state.</summary>
public static class FulfilmentLimits
{
    /// <summary>The first rule that the command breaks; null when it breaks none.</summary>
    public static Refusal? Check(FulfilmentCommand command) => Fields.Id("orderId", command.OrderId.Value) ?? command switch
    {
        StartFulfilment c => Fields.Id("customerId", c.CustomerId.Value)
            ?? Fields.Id("accountId", c.AccountId.Value)
            ?? Fields.Amount("total", c.Total, c.Currency, isZeroAllowed: true)
            ?? Fields.AboveZero("revision", c.Revision, of: "changes")
            ?? Lines(c.Lines),
        ChangeFulfilment c => Fields.AboveZero("revision", c.Revision, of: "changes") ?? Lines(c.Lines),
        RecordRiskVerdict { Score: < 0 or > 100 } c => Fields.Wrong("score", $"score is {c.Score}: give a whole number from 0 to 100, or none."),
        RecordRiskVerdict c => Fields.Name("checkId", c.CheckId) ?? Fields.Texts(c.Reason),
        CancelFulfilment c => Fields.Texts(c.Reason),
        ResumeFulfilment c => Fields.Texts(c.Reason),
        GiveUpRefund c => Fields.Name("decidedBy", c.DecidedBy) ?? Reason(c.Reason),
        // What answers and timers say comes from this pipeline itself; what they do not fit is passed over.
        _ => null,
    };

    /// <summary>Words of others, as long as the reason of a command may be.</summary>
    public static string Bounded(string text) => text.Length <= Fields.ReasonLengthMax ? text : text[..Fields.ReasonLengthMax];

    private static Refusal? Reason(string reason) => string.IsNullOrWhiteSpace(reason)
        ? Fields.Wrong("reason", "reason is blank: say why, and how the money is settled instead.")
        : Fields.Texts(reason);

    private static Refusal? Lines(IReadOnlyList<FulfilmentLine> lines)
    {
        if (lines.Count is < 1 or > OrderLimits.LinesMax)
            return Fields.Wrong("lines", $"lines has {lines.Count}: give 1 to {OrderLimits.LinesMax}.");
        if (lines.DistinctBy(line => line.Sku).Count() < lines.Count)
            return Fields.Wrong("lines", "lines has a SKU twice: give one line per SKU, with the sum of the units.");
        return lines
            .Select((line, i) => Fields.Id($"lines[{i}].sku", line.Sku.Value) ?? Fields.AboveZero($"lines[{i}].quantity", line.Quantity, of: "units"))
            .FirstOrDefault(wrong => wrong is not null);
    }
}
