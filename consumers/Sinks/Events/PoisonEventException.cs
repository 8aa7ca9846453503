namespace Streaming.Sinks.Events;

/// <summary>A record that can never be handled as it is. It is not skipped: it is parked among the dead letters with its reason, or its partition stops.</summary>
/// <param name="offset">Everything before it in the partition may still be written.</param>
/// <param name="reason">What is wrong with it, and what can be done.</param>
public sealed class PoisonEventException(long offset, string reason, Exception? cause = null) : Exception(reason, cause)
{
    public long Offset { get; } = offset;

    /// <summary>The log itself is damaged here: an event is missing, or contradicts another. Parking one record would hide that, so the partition stops.</summary>
    public bool IsDamage { get; init; }
}
