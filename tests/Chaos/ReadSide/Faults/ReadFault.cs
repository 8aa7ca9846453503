namespace Streaming.Chaos.ReadSide.Faults;

/// <summary>Something that goes wrong for one sink. When it returns, its hosts run again, or are about to; servers before the destination may go on making trouble.</summary>
/// <param name="Name">As the report names it.</param>
/// <param name="DoAsync">Does it; returns what exactly was done, in a few words.</param>
internal sealed record ReadFault(string Name, Func<ReadStage, SinkHosts, Random, CancellationToken, Task<string>> DoAsync);
