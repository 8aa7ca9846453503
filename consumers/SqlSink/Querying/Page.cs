namespace Streaming.SqlSink.Querying;

/// <summary>A page of a list, and how to ask for the next one.</summary>
/// <param name="Next">Path and query of the next page; null on the last.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
