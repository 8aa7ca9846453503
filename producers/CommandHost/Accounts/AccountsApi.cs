using Streaming.CommandHost.Http;
using Streaming.Contexts.Accounts;
using Streaming.Contracts.Accounts;
using Streaming.Domain.Accounts;

namespace Streaming.CommandHost.Accounts;

/// <summary>Accounts over HTTP.</summary>
internal static class AccountsApi
{
    public static ContextApi<AccountCommand, AccountEvent, Account> Definition { get; } = new()
    {
        Context = AccountsContext.Definition,
        IdName = "accountId",
        IdExample = "12345",
        Check = AccountLimits.Check,
        UnknownCode = "unknown-account",
        UnknownTitle = "The account is not known",
        ClosedAfter = ["open", "withdraw", "close"],
        Show = account => new
        {
            account.Holder,
            Currency = account.Currency.Value,
            Balance = MoneyText.Of(account.Balance),
            Held = MoneyText.Of(account.Held),
            Available = MoneyText.Of(account.Available),
            account.IsClosed,
            Entries = account.Entries.Count,
            Holds = account.Holds.ByOrder.OrderBy(pair => pair.Key.Value, StringComparer.Ordinal)
                .Select(pair => new { OrderId = pair.Key.Value, Amount = MoneyText.Of(pair.Value, account.Currency) }),
        },
        SumOfChanges = AccountChanges.Sum,
        Commands =
        [
            new("open", (id, body) => new OpenAccount(
                    new(id), body.Text("holder"), body.Currency(), body.Amount("openingBalance"), body.Reason(), body.Reference(), body.OccurredAt()),
                """{"holder": "Damon Allison", "currency": "EUR", "openingBalance": "500.00", "occurredAt": "2022-01-01"}""") { Creates = true },
            new("deposit", (id, body) => new DepositMoney(
                    new(id), body.Amount("amount"), body.Currency(), body.Reason(), body.Reference(), body.OccurredAt(), body.OptionalText("payer")),
                """{"amount": "800.00", "currency": "EUR", "payer": "Acme Ltd", "reference": "transfer 17"}""") { After = ["open"] },
            new("withdraw", (id, body) => new WithdrawMoney(
                    new(id), body.Amount("amount"), body.Currency(), body.Reason(), body.Reference(), body.OccurredAt()),
                """{"amount": 500, "currency": "EUR", "reason": "cash"}""") { After = ["open"] },
            new("hold", (id, body) => new HoldFunds(
                    new(id), body.Order(), body.Amount("amount"), body.Currency(), body.Reason(), body.OccurredAt()),
                """{"orderId": "ORD-1", "amount": "49.90", "currency": "EUR"}""") { After = ["open"] },
            new("capture", (id, body) => new CaptureFunds(new(id), body.Order(), body.Reason(), body.OccurredAt()),
                """{"orderId": "ORD-1"}""") { After = ["open", "hold"] },
            new("release", (id, body) => new ReleaseFunds(new(id), body.Order(), body.Reason(), body.OccurredAt()),
                """{"orderId": "ORD-1", "reason": "order cancelled"}""") { After = ["open", "hold"] },
            new("refund", (id, body) => new RefundFunds(new(id), body.Order(), body.Reason(), body.OccurredAt()),
                """{"orderId": "ORD-1", "reason": "sent back"}""") { After = ["open", "hold", "capture"] },
            new("reverse", (id, body) => new ReverseEntry(
                    new(id), body.Number("entry"), body.Reason(), body.Reference(), body.OccurredAt()),
                """{"entry": 2, "reason": "booked on the wrong account"}""") { After = ["open", "deposit"] },
            new("close", (id, body) => new CloseAccount(new(id), body.Reason(), body.OccurredAt()),
                """{"reason": "asked for by its holder"}""") { After = ["open", "withdraw"] },
        ],
    };
}
