using Streaming.SqlSink.Querying;

namespace Streaming.SqlSink.Accounts;

/// <summary>One account, as the query API answers it. Money is in <paramref name="Currency"/>, exact.</summary>
/// <param name="Balance">What is held included.</param>
/// <param name="Held">How much of the balance is set aside for orders.</param>
/// <param name="Version">Sequence of the last event that counts in this answer.</param>
/// <param name="Position">Where that event lies: topic-partition@offset.</param>
internal sealed record AccountAnswer(
    string AccountId,
    string Holder,
    string Currency,
    decimal Balance,
    decimal Held,
    decimal Available,
    bool IsClosed,
    long Version,
    string Position,
    DateTimeOffset RecordedAt) : IVersioned
{
    string IVersioned.Id => AccountId;
}

/// <summary>One event in an account's history.</summary>
/// <param name="Entry">The entry's number; null where the balance did not move.</param>
/// <param name="Delta">Money that came, or went when negative.</param>
internal sealed record AccountEntry(
    long Sequence,
    string Type,
    DateTimeOffset OccurredAt,
    decimal Delta,
    decimal DeltaHeld,
    decimal Balance,
    decimal Held,
    string Currency,
    long? Entry,
    long? ReversedEntry,
    string? OrderId,
    string? Reason,
    string? Reference,
    string? Payer,
    string Position,
    DateTimeOffset RecordedAt,
    EventOrigin Origin) : ISequenced;
