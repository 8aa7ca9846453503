using Streaming.Contracts.Control;

namespace Streaming.Sinks.Generations;

/// <summary>A destination that holds what a sink derives several times, side by side: a new generation is built, proved, and shown to readers.</summary>
/// <remarks>A sink whose destination can do so registers it beside its <see cref="ISink"/>. Generations are numbered from 1; the first is the sink's own.</remarks>
public interface ISinkGenerations
{
    /// <summary>The number of the one that readers see; null before the first host has started.</summary>
    Task<int?> CurrentAsync(CancellationToken cancellationToken);

    /// <summary>Numbers of those that the destination holds, whole or not, ascending.</summary>
    Task<IReadOnlyList<int>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The sink that writes this generation, named by <see cref="SinkNames.OfGeneration"/>. Its <see cref="ISink.PrepareAsync"/> makes the generation.</summary>
    ISink Open(int number);

    /// <summary>Compares what two of them hold; either may be written to meanwhile.</summary>
    /// <param name="examplesMax">Most differing keys that are shown of each part.</param>
    /// <exception cref="InvalidOperationException">One of them is not there.</exception>
    Task<GenerationComparison> CompareAsync(int left, int right, int examplesMax, CancellationToken cancellationToken);

    /// <summary>Shows this one to readers, all of it at once. Done twice, it changes nothing.</summary>
    /// <exception cref="InvalidOperationException">It is not there.</exception>
    Task SwapAsync(int number, CancellationToken cancellationToken);

    /// <summary>Removes it with everything in it. One that is not there is removed already.</summary>
    /// <exception cref="InvalidOperationException">Readers see it.</exception>
    Task DropAsync(int number, CancellationToken cancellationToken);
}
