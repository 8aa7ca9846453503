namespace Streaming.Broker.Groups.Offsets;

/// <summary>Where a group stands in one partition, as its consumer said it.</summary>
/// <param name="Offset">The next offset to read.</param>
/// <param name="LeaderEpoch">Epoch of the leader that the last record was read from, -1 when not given.</param>
/// <param name="Metadata">Free text of the consumer.</param>
/// <param name="CommittedAtMs">Unix milliseconds.</param>
internal sealed record CommittedOffset(long Offset, int LeaderEpoch, string Metadata, long CommittedAtMs);
