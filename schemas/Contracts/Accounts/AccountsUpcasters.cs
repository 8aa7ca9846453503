using Streaming.Contracts.Upcasting;

namespace Streaming.Contracts.Accounts;

/// <summary>From what accounts used to write to what they write now.</summary>
public static class AccountsUpcasters
{
    public static IReadOnlyList<Upcaster> All { get; } =
    [
        Upcaster.Of((V1.AccountOpened e) => new AccountOpened(
            e.AccountId, HolderName: e.Holder, e.Currency, e.OpeningBalance, e.Reason, e.Reference, e.Entry, e.Balance, e.Held, e.OccurredAt)),
    ];
}
