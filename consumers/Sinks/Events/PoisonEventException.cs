namespace Streaming.Sinks.Events;

/// <summary>A record that can never be handled as it is. It is not skipped: its partition stops, the others go on.</summary>
/// <param name="offset">Everything before it in the partition may still be written.</param>
/// <param name="reason">What is wrong with it, and what can be done.</param>
public sealed class PoisonEventException(long offset, string reason, Exception? cause = null) : Exception(reason, cause)
{
    public long Offset { get; } = offset;
}
