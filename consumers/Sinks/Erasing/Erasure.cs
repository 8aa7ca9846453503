namespace Streaming.Sinks.Erasing;

/// <summary>An aggregate whose events were purged, as its context's erasures topic says. Nothing of it happens any more.</summary>
/// <param name="AggregateId">Never used again.</param>
/// <param name="LastSequence">Its events were those from 1 to this.</param>
/// <param name="Reason">Why, in the caller's words.</param>
/// <param name="ErasedAt">Business time: when it was decided, UTC.</param>
public sealed record Erasure(string AggregateId, long LastSequence, string Reason, DateTimeOffset ErasedAt);
