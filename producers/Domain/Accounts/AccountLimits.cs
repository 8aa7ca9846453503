using Streaming.Contracts.Accounts;

namespace Streaming.Domain.Accounts;

/// <summary>What a command must look like, whatever the account: the rules that need no state.</summary>
public static class AccountLimits
{
    /// <summary>Most holds that an account has at a time.</summary>
    public const int HoldsMax = 10_000;

    /// <summary>The first rule that the command breaks; null when it breaks none.</summary>
    public static Refusal? Check(AccountCommand command) => Fields.Id("accountId", command.AccountId.Value) ?? command switch
    {
        OpenAccount c => Fields.Name("holder", c.Holder)
            ?? Fields.Amount("openingBalance", c.OpeningBalance, c.Currency, isZeroAllowed: true)
            ?? Fields.Texts(c.Reason, c.Reference),
        DepositMoney c => Fields.Amount("amount", c.Amount, c.Currency)
            ?? Fields.Texts(c.Reason, c.Reference)
            ?? Fields.TooLong("payer", c.Payer, Fields.NameLengthMax),
        WithdrawMoney c => Fields.Amount("amount", c.Amount, c.Currency) ?? Fields.Texts(c.Reason, c.Reference),
        HoldFunds c => Fields.Id("orderId", c.OrderId.Value)
            ?? Fields.Amount("amount", c.Amount, c.Currency, isZeroAllowed: true)
            ?? Fields.Texts(c.Reason),
        CaptureFunds c => Fields.Id("orderId", c.OrderId.Value) ?? Fields.Texts(c.Reason),
        ReleaseFunds c => Fields.Id("orderId", c.OrderId.Value) ?? Fields.Texts(c.Reason),
        RefundFunds c => Fields.Id("orderId", c.OrderId.Value) ?? Fields.Texts(c.Reason),
        ReverseEntry { Entry: < 1 } c => Fields.Wrong("entry", $"entry is {c.Entry}: give the number of an entry, which is 1 or more."),
        ReverseEntry c => Fields.Texts(c.Reason, c.Reference),
        CloseAccount c => Fields.Texts(c.Reason),
        _ => null,
    };
}
