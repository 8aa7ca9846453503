namespace Streaming.Contracts.Accounts;

/// <summary>Something that is asked of an account.</summary>
/// <param name="AccountId">The aggregate that decides.</param>
/// <param name="OccurredAt">Business time, UTC; null until the command is recorded, when its record's timestamp takes the place.</param>
public abstract record AccountCommand(AccountId AccountId, DateTimeOffset? OccurredAt);
