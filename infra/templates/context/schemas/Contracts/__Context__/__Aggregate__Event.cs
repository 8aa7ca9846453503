namespace Streaming.Contracts.__Context__;

/// <summary>Something that happened to the __words__. Each carries the delta and the total that results.</summary>
/// <param name="__Aggregate__Id">The aggregate.</param>
/// <param name="OccurredAt">Business time, UTC; not monotonic: events may be recorded late.</param>
public abstract record __Aggregate__Event(__Aggregate__Id __Aggregate__Id, DateTimeOffset OccurredAt);
