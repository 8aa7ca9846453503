using System.ComponentModel.DataAnnotations;

namespace Streaming.Broker.Log.Compaction;

/// <summary>Pace and memory of log compaction. What is compacted, and when it is worth it, are settings of the topics.</summary>
public sealed class CompactionOptions
{
    /// <summary>Whether logs are compacted in the background. Without it compacted topics grow for ever, the broker's own among them.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>How often the logs are looked through for those that are dirty enough (Kafka: log.cleaner.backoff.ms).</summary>
    [Range(1, int.MaxValue)]
    public int IntervalMs { get; set; } = 15_000;

    /// <summary>Most memory for the newest offsets of keys, 32 bytes each, in use only while a log is compacted (Kafka: log.cleaner.dedupe.buffer.size). A log
    /// with more new keys takes several passes.</summary>
    [Range(1_024, int.MaxValue)]
    public int OffsetMapBytesMax { get; set; } = 128 * 1_024 * 1_024;

    /// <summary>Most bytes read and written per second, so that producers and consumers keep their share of the disk; 0 sets no limit
    /// (Kafka: log.cleaner.io.max.bytes.per.second).</summary>
    [Range(0, long.MaxValue)]
    public long BytesPerSecondMax { get; set; } = 256 * 1_024 * 1_024;

    /// <summary>Largest compressed batch of a compacted topic by its size when decompressed. A larger one is taken for an attack: it is refused; where it is in
    /// the log already, its segment is left as it is.</summary>
    [Range(1_024, int.MaxValue / 2)]
    public int InflatedBatchBytesMax { get; set; } = 128 * 1_024 * 1_024;
}
