using Streaming.Contracts.Control;

namespace Streaming.Sinks.Control;

/// <summary>What people ask of a sink, as the partitions' workers see it.</summary>
internal interface IControl
{
    /// <summary>The sink is to stand still.</summary>
    SinkPause? Pause { get; }

    /// <summary>What was asked of a partition and not answered for it yet, oldest first.</summary>
    IReadOnlyList<SinkRequest> Open(string topic, int partition);

    /// <summary>Records what became of a request. Completes when the cluster holds it safely; from then on it is not open any more.</summary>
    Task AnswerAsync(SinkAnswer answer, CancellationToken cancellationToken);
}
