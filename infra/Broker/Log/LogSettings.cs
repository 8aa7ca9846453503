namespace Streaming.Broker.Log;

/// <summary>Settings of one partition's log, from its topic's configuration.</summary>
internal sealed record LogSettings
{
    /// <summary>A segment is closed when the next batch would make it larger.</summary>
    public int SegmentBytes { get; init; } = 1_024 * 1_024 * 1_024;

    /// <summary>A segment is closed when its first batch is older.</summary>
    public long SegmentMs { get; init; } = 7 * 24 * 3_600_000L;

    /// <summary>The index of a segment has an entry for every so many bytes.</summary>
    public int IndexIntervalBytes { get; init; } = 4_096;

    /// <summary>A segment is closed when a file of its index is that large.</summary>
    public int IndexBytesMax { get; init; } = 10 * 1_024 * 1_024;

    /// <summary>So many bytes of records are read when they are sent; fewer immediately.</summary>
    public int DeferredBytesMin { get; init; } = 64 * 1_024;

    /// <summary>How much is then read at a time: what a processor's own cache still has when it is sent after it was checked.</summary>
    public int PieceBytes { get; init; } = 256 * 1_024;

    /// <summary>Closed segments whose newest record is older are deleted; -1 keeps them.</summary>
    public long RetentionMs { get; init; } = 7 * 24 * 3_600_000L;

    /// <summary>The oldest closed segments are deleted while the log is larger; -1 keeps them.</summary>
    public long RetentionBytes { get; init; } = -1;

    /// <summary>Largest batch accepted.</summary>
    public int BatchBytesMax { get; init; } = 1_048_588;

    /// <summary>Whether the log stamps batches with the time of their append.</summary>
    public bool HasLogAppendTime { get; init; }

    /// <summary>How far ahead of the broker's clock a record's timestamp may be. Without a limit, one wrong clock keeps a segment for ever.</summary>
    public long TimestampAheadMsMax { get; init; } = 3_600_000;

    /// <summary>Whether old segments are deleted by retention.</summary>
    public bool IsDeleted { get; init; } = true;

    /// <summary>Whether the topic is compacted: its records then need keys.</summary>
    public bool IsCompacted { get; init; }

    /// <summary>Largest compressed batch of a compacted topic by its size when decompressed.</summary>
    public int InflatedBatchBytesMax { get; init; } = 128 * 1_024 * 1_024;

    /// <summary>Whether appends are forced to disk before they are acknowledged and read.</summary>
    public bool FlushOnAppend { get; init; }

    /// <summary>Forces what was appended to a segment to disk; tests count it, hold it up, and make it fail.</summary>
    public Action<LogSegment> Flush { get; init; } = static segment => segment.Flush();

    /// <summary>Most producers that are remembered, beside those with an open transaction.</summary>
    public int ProducerIdsMax { get; init; } = 5_000;

    /// <summary>Share of the log that must be new before it is compacted: less work against more of the log being old values.</summary>
    public double MinCleanableDirtyRatio { get; init; } = 0.5;

    /// <summary>Records younger than this are not compacted.</summary>
    public long MinCompactionLagMs { get; init; }

    /// <summary>Records older than this are compacted whatever the share.</summary>
    public long MaxCompactionLagMs { get; init; } = long.MaxValue;

    /// <summary>How long tombstones stay, once compaction has met them, for consumers to see them.</summary>
    public long DeleteRetentionMs { get; init; } = 24 * 3_600_000L;

    /// <summary>The age at which a segment is closed. A record can only be compacted once it is in a closed one.</summary>
    public long RollMs => IsCompacted ? Math.Min(SegmentMs, MaxCompactionLagMs) : SegmentMs;
}
