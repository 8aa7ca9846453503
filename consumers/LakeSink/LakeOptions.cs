using System.ComponentModel.DataAnnotations;

namespace Streaming.LakeSink;

/// <summary>Where the lake is, and how its files are kept. Section <c>Lake</c>.</summary>
public sealed class LakeOptions
{
    public const string Section = "Lake";

    /// <summary>A folder, as a path or as <c>file:///path</c>, or <c>s3://bucket/path</c>.</summary>
    [Required(ErrorMessage = "Lake:Url is not set. Set the environment variable Lake__Url to a folder, or to s3://bucket/path.")]
    public string Url { get; set; } = "";

    /// <summary>Which generation of the tables this host fills: those in the folder <c>g1</c>, <c>g2</c> and so on.</summary>
    [Range(1, 1_000_000)]
    public int Generation { get; set; } = 1;

    /// <summary>Address of a service that speaks S3's protocol; empty for AWS.</summary>
    public string? S3ServiceUrl { get; set; }

    /// <summary>Such as <c>eu-central-1</c>; empty: as AWS's own tools find it.</summary>
    public string? S3Region { get; set; }

    /// <summary>Empty: as AWS's own tools find it, the best way on their machines.</summary>
    public string? S3AccessKey { get; set; }

    public string? S3SecretKey { get; set; }

    /// <summary>Stops a partition where an aggregate's events leave a gap, or contradict each other; false adds what the log holds, whatever it is.</summary>
    public bool JudgesSequences { get; set; } = true;

    /// <summary>How many events may come before it is saved again how far each aggregate is. Who takes a partition over reads the rows of so many.</summary>
    [Range(1, 1_000_000_000)]
    public int SequencesSavedEveryEvents { get; set; } = 200_000;

    /// <summary>How often a table without new rows says how far it is complete.</summary>
    [Range(1_000, 86_400_000)]
    public int PositionIntervalMs { get; set; } = 60_000;

    /// <summary>After so many commits of a table its log is summed up, so that readers need not read all of it.</summary>
    [Range(2, 10_000)]
    public int CheckpointEveryCommits { get; set; } = 20;

    /// <summary>How often small files are merged and old ones removed; 0 leaves both to others.</summary>
    [Range(0, 86_400_000)]
    public int MaintenanceIntervalMs { get; set; } = 300_000;

    /// <summary>A file below this is small, and merged with others of its day.</summary>
    [Range(1_024, 1_073_741_824)]
    public long SmallFileBytes { get; set; } = 32L << 20;

    /// <summary>So many small files of one day are worth merging.</summary>
    [Range(2, 10_000)]
    public int SmallFilesMin { get; set; } = 8;

    /// <summary>About as large as a merged file becomes.</summary>
    [Range(1_024, 1_073_741_824)]
    public long MergedFileBytes { get; set; } = 128L << 20;

    /// <summary>How long a replaced file is kept for those who read an earlier version. Erased rows don't wait for it.</summary>
    [Range(1, 87_600)]
    public int RemovedFilesKeptHours { get; set; } = 168;

    /// <summary>How long commits are kept that a checkpoint stands for: as far back one can ask for earlier versions.</summary>
    [Range(1, 36_500)]
    public int LogKeptDays { get; set; } = 30;
}
