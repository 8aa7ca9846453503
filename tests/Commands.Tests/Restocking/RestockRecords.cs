namespace Streaming.Commands.Tests.Restocking;

/// <summary>What a restocking is told.</summary>
public abstract record RestockCommand(string Id, DateTimeOffset? OccurredAt);

/// <summary>What happened to a restocking.</summary>
public abstract record RestockEvent(string Id, DateTimeOffset OccurredAt);

/// <summary>A restocking between two events.</summary>
/// <param name="Deadline">Until when it waits; null when it waits for nothing.</param>
public sealed record RestockState(int Attempt, DateTimeOffset? Deadline);
