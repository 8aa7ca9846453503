namespace Streaming.Sinks.Positions;

/// <summary>The consumer group of a sink was moved by somebody else, with a Kafka tool.</summary>
/// <param name="Source">The partition.</param>
/// <param name="FromOffset">The checkpoint before.</param>
/// <param name="ToOffset">Where the group was moved.</param>
/// <param name="Fence">The claim under which this is recorded.</param>
public sealed record Reset(SourcePartition Source, long FromOffset, long ToOffset, long Fence)
{
    public bool IsForward => ToOffset > FromOffset;
}

/// <summary>What an operator says to a reset forward.</summary>
public enum ResetAnswer
{
    /// <summary>Nothing yet.</summary>
    Waiting,

    /// <summary>Leave out the events in between.</summary>
    Skip,

    /// <summary>Leave out nothing: go on from the checkpoint.</summary>
    Stay,
}

/// <summary>The question that a reset forward puts to an operator.</summary>
/// <param name="HowToAnswer">What to do in the destination, as a sentence.</param>
public sealed record ResetQuestion(ResetAnswer Answer, string HowToAnswer);
