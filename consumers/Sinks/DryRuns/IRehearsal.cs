using Streaming.Sinks.Events;

namespace Streaming.Sinks.DryRuns;

/// <summary>Tries the events of one partition as its sink would handle them, in memory alone: the destination is neither read nor written.</summary>
/// <remarks>Events come in their order, one at a time, each aggregate's from its first on. What it throws is what the sink would.</remarks>
public interface IRehearsal
{
    /// <summary>What is tried beyond decoding, and what is not, for the summary: whole sentences.</summary>
    string Scope { get; }

    /// <exception cref="PoisonEventException">The event would be parked.</exception>
    /// <exception cref="Gateway.CallSkippedException">A call was left out: nobody is called, and it was never recorded.</exception>
    Task TryAsync(RecordedEvent recorded, SinkMode mode, CancellationToken cancellationToken);
}
