using Streaming.Commands.Snapshots;
using Streaming.Contracts.Accounts;
using Streaming.Domain;
using Streaming.Domain.Accounts;

namespace Streaming.Contexts.Accounts;

/// <summary>An account's state as a record, and back.</summary>
public static class AccountStates
{
    public static StateFormat<Account> Format { get; } = StateFormat<Account>.Of<AccountState>(Write, Read);

    private static AccountState Write(Account account) => new(
        account.Holder,
        account.Currency,
        account.Balance.Amount,
        account.Held.Amount,
        [.. account.Holds.ByOrder.OrderBy(hold => hold.Key.Value, StringComparer.Ordinal).Select(hold => new AccountHold(hold.Key, hold.Value))],
        account.Entries.Count,
        [.. account.Entries.Kept.Select(entry => new AccountEntry(entry.Number, entry.Amount, entry.CapturedFor, entry.IsReversed))],
        account.IsClosed);

    private static Account Read(AccountState record)
    {
        if (record.Held < 0 || record.Balance < record.Held || record.Holds.Sum(hold => hold.Amount) != record.Held)
            throw new FormatException($"{record.Held} held of {record.Balance}, which no account can have");
        return new(
            record.Holder,
            new Money(record.Balance, record.Currency),
            new Money(record.Held, record.Currency),
            record.Holds.Aggregate(Holds.None, (holds, hold) => holds.Add(hold.OrderId, hold.Amount)),
            Entries.Restore(record.EntryCount, record.Entries.Select(entry => new Entry(entry.Number, entry.Amount, entry.CapturedFor, entry.IsReversed))))
        {
            IsClosed = record.IsClosed,
        };
    }
}
