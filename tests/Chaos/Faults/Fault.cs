namespace Streaming.Chaos.Faults;

/// <summary>Something that goes wrong in production, done to real processes. When it returns, everything runs again.</summary>
/// <param name="Name">As the report names it.</param>
/// <param name="DoAsync">Does it; returns what exactly was done, in a few words.</param>
public sealed record Fault(string Name, Func<Stage, Random, CancellationToken, Task<string>> DoAsync);
