using Streaming.Fixtures;

namespace Streaming.Benchmarks.Elastic;

/// <summary>A search server under load: our own, whose process can be looked into, or a real one.</summary>
internal sealed record MeasuredNode(string Name, string Url, SearchProcess? Own)
{
    /// <summary>What it has used of the processors so far; zero where nobody can look.</summary>
    public TimeSpan ProcessorTime => Own?.ProcessorTime ?? TimeSpan.Zero;
}
