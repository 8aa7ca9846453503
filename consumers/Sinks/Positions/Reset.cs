namespace Streaming.Sinks.Positions;

/// <summary>A sink goes elsewhere in a partition: its consumer group was moved with a Kafka tool, or it was asked to.</summary>
/// <param name="Source">The partition.</param>
/// <param name="FromOffset">The checkpoint before.</param>
/// <param name="ToOffset">Where it goes on.</param>
/// <param name="Fence">The claim under which this is recorded.</param>
/// <param name="Group">What the group holds and is to hold: to be recorded with it.</param>
public sealed record Reset(SourcePartition Source, long FromOffset, long ToOffset, long Fence, GroupOffsets Group)
{
    public bool IsForward => ToOffset > FromOffset;
}
