namespace Streaming.Contracts.Fulfilment;

/// <summary>Something that fulfilment of an order is told or asked.</summary>
/// <param name="OrderId">The aggregate that decides.</param>
/// <param name="OccurredAt">UTC; null until the command is recorded, when its record's timestamp takes the place.</param>
public abstract record FulfilmentCommand(OrderId OrderId, DateTimeOffset? OccurredAt);
