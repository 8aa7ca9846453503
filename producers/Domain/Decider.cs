namespace Streaming.Domain;

/// <summary>All business rules of one kind of aggregate, as plain functions: no clock, no I/O, no identity of their own.</summary>
/// <remarks>
/// Both functions are pure. Whoever runs them may therefore decide a command again after a failed write, and gets the same answer;
/// and folds the log into the same state on any machine.
/// </remarks>
/// <param name="Initial">An aggregate without events.</param>
/// <param name="Decide">What follows from a command in a state.</param>
/// <param name="Evolve">The state after an event. It judges nothing: what happened has happened.</param>
public sealed record Decider<TCommand, TEvent, TState>(
    TState Initial,
    Func<TCommand, TState, Decision<TEvent>> Decide,
    Func<TState, TEvent, TState> Evolve);
