namespace Streaming.Domain;

/// <summary>A business rule said no. An expected outcome, hence a value and no exception.</summary>
/// <param name="Code">Which rule, in kebab-case: a caller's program may branch on it.</param>
/// <param name="Reason">What was wrong, and what would be accepted: a caller's person reads it.</param>
public sealed record Refusal(string Code, string Reason);
