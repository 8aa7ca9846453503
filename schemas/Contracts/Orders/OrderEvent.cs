namespace Streaming.Contracts.Orders;

/// <summary>Something that happened to an order. Each carries who ordered what, for how much, in which revision.</summary>
/// <param name="OrderId">The aggregate.</param>
/// <param name="OccurredAt">Business time, UTC; not monotonic: events may be recorded late.</param>
public abstract record OrderEvent(OrderId OrderId, DateTimeOffset OccurredAt);
