using Streaming.Cli.Api;

namespace Streaming.Cli.Fulfilment;

/// <summary>An event of fulfilment in a few words, and whom it asks for what.</summary>
internal static class FulfilmentWords
{
    public static (string What, string Asks) Of(LoggedEvent happened) => happened.Name switch
    {
        "FulfilmentStarted" => ($"{Money(happened, "total")} ordered", "inventory: reserve every line"),
        "LineReserved" when happened.Number("remaining") > 0 => (Units(happened), ""),
        "LineReserved" => ($"{Units(happened)}, the last line", "accounts: hold the total"),
        "PaymentHeld" => (Money(happened, "amount"), ""),
        "RiskCheckRequested" => ($"for {happened.Text("customerId")}", "the risk service"),
        "RiskApproved" => (happened.Text("reason") ?? "", "orders: accept"),
        "FulfilmentAccepted" => ("the order is accepted", "accounts: capture what is held"),
        "PaymentCaptured" => (Money(happened, "amount"), "inventory: ship every line"),
        "LineShipped" => (Units(happened), ""),
        "FulfilmentCompleted" => ("shipped and paid", ""),
        "RollbackStarted" => ($"{happened.Text("code")}: {happened.Text("reason")}", $"to undo: {Undo(happened)}"),
        "StepUndone" => (happened.Text("step") ?? "", ""),
        "RefundGivenUp" => ($"{Money(happened, "amount")} stay captured, {happened.Text("decidedBy")}: {happened.Text("reason")}", ""),
        "OrderRejectionRequested" => (happened.Text("code") ?? "", "orders: reject"),
        "FulfilmentRolledBack" => ("nothing is reserved, nothing is held", ""),
        _ => (happened.Text("reason") ?? "", ""),
    };

    private static string Units(LoggedEvent happened) => $"{happened.Text("quantity")} of {happened.Text("sku")}";

    private static string Money(LoggedEvent happened, string field) => $"{happened.Number(field):0.00##} {happened.Text("currency")}";

    private static string Undo(LoggedEvent happened) => string.Join(", ", happened.Data.GetProperty("undo").EnumerateArray().Select(step => step.GetString()));
}
