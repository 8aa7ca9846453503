namespace Streaming.Contracts.__Context__;

/// <summary>Something that is asked of the __words__.</summary>
/// <param name="__Aggregate__Id">The aggregate that decides.</param>
/// <param name="OccurredAt">Business time, UTC; null until the command is recorded, when its record's timestamp takes the place.</param>
public abstract record __Aggregate__Command(__Aggregate__Id __Aggregate__Id, DateTimeOffset? OccurredAt);
