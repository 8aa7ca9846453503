namespace Streaming.Broker.Groups.Settings;

/// <summary>How often the members of a group of the consumer protocol are heard of.</summary>
/// <param name="SessionTimeoutMs">How long one may be silent.</param>
/// <param name="HeartbeatIntervalMs">How often it is to send a heartbeat.</param>
internal readonly record struct ConsumerTiming(int SessionTimeoutMs, int HeartbeatIntervalMs)
{
    /// <summary>Of a group that has no settings of its own.</summary>
    public static ConsumerTiming Of(GroupOptions options) => new(options.ConsumerSessionTimeoutMs, options.ConsumerHeartbeatIntervalMs);
}
