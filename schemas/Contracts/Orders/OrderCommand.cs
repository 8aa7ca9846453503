namespace Streaming.Contracts.Orders;

/// <summary>Something that is asked of an order.</summary>
/// <param name="OrderId">The aggregate that decides.</param>
/// <param name="OccurredAt">Business time, UTC; null until the command is recorded, when its record's timestamp takes the place.</param>
public abstract record OrderCommand(OrderId OrderId, DateTimeOffset? OccurredAt);
