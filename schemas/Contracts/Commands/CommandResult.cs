namespace Streaming.Contracts.Commands;

/// <summary>What became of a command: one record on <c>….results</c>, keyed by <see cref="Envelope.ResultKey"/>.</summary>
/// <param name="CommandId">Given by the caller; with <paramref name="AggregateId"/> the idempotency key.</param>
/// <param name="AggregateId">The aggregate that decided.</param>
/// <param name="CommandHash">SHA-256, 32 bytes: tells a repeat from another command under the same id.</param>
/// <param name="Version">Sequence of the aggregate's newest event after the decision; 0 when it has none.</param>
public abstract record CommandResult(string CommandId, string AggregateId, ReadOnlyMemory<byte> CommandHash, long Version);
