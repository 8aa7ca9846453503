namespace Streaming.Contracts.Fulfilment;

/// <summary>Something that happened to fulfilment of an order. Each carries its attempt, and until when it waits where it waits.</summary>
/// <param name="OrderId">The aggregate.</param>
/// <param name="OccurredAt">UTC: when the command that led to it was recorded.</param>
public abstract record FulfilmentEvent(OrderId OrderId, DateTimeOffset OccurredAt);
