using System.Diagnostics;
using System.Text.Json;
using Streaming.Contracts.Accounts;
using Streaming.ElasticSink.Documents;
using Streaming.Sinks.Events;

namespace Streaming.ElasticSink.Accounts;

/// <summary>An account with its balance: the index <c>accounts</c>.</summary>
internal sealed record AccountDocument(string AccountId, string Holder, string Currency, decimal Balance, decimal Held, decimal Available, bool IsClosed) : DerivedDocument;

/// <summary>What one event did to an account: the index <c>account-movements</c>.</summary>
/// <param name="Kind">The event's name.</param>
internal sealed record MovementDocument(
    string AccountId, string Kind, decimal Amount, decimal Held, decimal Balance, string Currency, string? OrderId, string? Reason, DateTimeOffset OccurredAt) : DerivedDocument;

internal static class AccountModel
{
    public static readonly ReadModel<AccountDocument> Model = new("accounts", 1, ["accountId"], """
        "accountId":{"type":"keyword"},"holder":{"type":"text","fields":{"raw":{"type":"keyword","ignore_above":256}}},"currency":{"type":"keyword"},
        "balance":{"type":"double"},"held":{"type":"double"},"available":{"type":"double"},"isClosed":{"type":"boolean"}
        """, Project, ElasticJson.Default.AccountDocument);

    public static readonly EventModel Movements = new("account-movements", 1, ["accountId", "meta.sequence"], """
        "accountId":{"type":"keyword"},"kind":{"type":"keyword"},"amount":{"type":"double"},"held":{"type":"double"},"balance":{"type":"double"},
        "currency":{"type":"keyword"},"orderId":{"type":"keyword"},"reason":{"type":"text"},"occurredAt":{"type":"date"}
        """, WriteMovement);

    public static AccountDocument Project(AccountDocument? before, RecordedEvent recorded)
    {
        var movement = Move(recorded);
        var holdings = HeldAfter((AccountEvent)recorded.Record);
        return new(recorded.AggregateId, recorded.Record is AccountOpened opened ? opened.HolderName : before?.Holder ?? "", movement.Currency,
            movement.Balance, holdings, movement.Balance - holdings, recorded.Record is AccountClosed || before?.IsClosed == true);
    }

    public static MovementDocument Move(RecordedEvent recorded)
    {
        var happened = Happened.In<AccountEvent>(recorded, account => account.AccountId.Value);
        var kind = happened.GetType().Name;
        return happened switch
        {
            AccountOpened e => new(e.AccountId.Value, kind, e.OpeningBalance, 0, e.Balance, e.Currency.Value, null, e.Reason, e.OccurredAt),
            MoneyDeposited e => new(e.AccountId.Value, kind, e.Amount, 0, e.Balance, e.Currency.Value, null, e.Reason, e.OccurredAt),
            MoneyWithdrawn e => new(e.AccountId.Value, kind, -e.Amount, 0, e.Balance, e.Currency.Value, null, e.Reason, e.OccurredAt),
            FundsHeld e => new(e.AccountId.Value, kind, 0, e.Amount, e.Balance, e.Currency.Value, e.OrderId.Value, e.Reason, e.OccurredAt),
            FundsReleased e => new(e.AccountId.Value, kind, 0, -e.Amount, e.Balance, e.Currency.Value, e.OrderId.Value, e.Reason, e.OccurredAt),
            FundsCaptured e => new(e.AccountId.Value, kind, -e.Amount, -e.Amount, e.Balance, e.Currency.Value, e.OrderId.Value, e.Reason, e.OccurredAt),
            EntryReversed e => new(e.AccountId.Value, kind, e.Amount, 0, e.Balance, e.Currency.Value, e.OrderId?.Value, e.Reason, e.OccurredAt),
            AccountClosed e => new(e.AccountId.Value, kind, 0, 0, e.Balance, e.Currency.Value, null, e.Reason, e.OccurredAt),
            _ => throw new UnreachableException($"No movement for {kind}; add it above."),
        };
    }

    private static decimal HeldAfter(AccountEvent happened) => happened switch
    {
        AccountOpened e => e.Held,
        MoneyDeposited e => e.Held,
        MoneyWithdrawn e => e.Held,
        FundsHeld e => e.Held,
        FundsReleased e => e.Held,
        FundsCaptured e => e.Held,
        EntryReversed e => e.Held,
        AccountClosed e => e.Held,
        _ => throw new UnreachableException($"No holds for {happened.GetType().Name}; add it above."),
    };

    private static void WriteMovement(Utf8JsonWriter json, RecordedEvent recorded, DocumentMeta meta) =>
        JsonSerializer.Serialize(json, Move(recorded) with { Meta = meta }, ElasticJson.Default.MovementDocument);
}
