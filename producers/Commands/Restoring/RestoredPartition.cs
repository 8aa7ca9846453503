namespace Streaming.Commands.Restoring;

/// <summary>What restoring found.</summary>
internal sealed class RestoredPartition
{
    /// <summary>Events that were folded.</summary>
    public long Events { get; set; }

    /// <summary>Timestamp of the first of them; 0 when there is none.</summary>
    public long FirstEventMs { get; set; }

    /// <summary>States that were taken from snapshots.</summary>
    public long Snapshots { get; set; }

    /// <summary>Snapshots that could not be used, so that the whole log was folded.</summary>
    public long IgnoredSnapshots { get; set; }

    /// <summary>Newest timestamp of a record of the partition; 0 when there is none.</summary>
    public long NewestMs { get; set; }

    public void Saw(long timestampMs) => NewestMs = Math.Max(NewestMs, timestampMs);
}
