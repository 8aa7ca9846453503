namespace Streaming.Contracts.Accounts;

/// <summary>Something that happened to an account. Each carries the delta and the balance and holds that result.</summary>
/// <param name="AccountId">The aggregate.</param>
/// <param name="OccurredAt">Business time, UTC; not monotonic: events may be recorded late.</param>
public abstract record AccountEvent(AccountId AccountId, DateTimeOffset OccurredAt);
