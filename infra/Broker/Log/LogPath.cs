using System.Globalization;

namespace Streaming.Broker.Log;

/// <summary>Names of a segment's files: its base offset in twenty digits, as Kafka names them.</summary>
internal readonly record struct LogPath(string Folder, long BaseOffset, string Suffix = "")
{
    public const string CleanedExtension = ".cleaned";
    public const string LogExtension = ".log";
    public const string SnapshotExtension = ".snapshot";

    public string Log => Named(LogExtension);

    public string Index => Named(".index");

    public string TimeIndex => Named(".timeindex");

    public string TransactionIndex => Named(".txnindex");

    /// <summary>Producer state before the first record of this segment.</summary>
    public string Snapshot => Named(SnapshotExtension);

    /// <summary>The same files as compaction writes them, before they take the segment's place.</summary>
    public LogPath Cleaned => this with { Suffix = CleanedExtension };

    public IEnumerable<string> All => [Log, Index, TimeIndex, TransactionIndex];

    /// <summary>Offsets of all files of one kind in a folder, rising. Files that do not follow the naming are not ours.</summary>
    public static List<long> Offsets(string folder, string extension) =>
    [
        .. Directory.EnumerateFiles(folder, "*" + extension)
            .Select(path => long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : -1)
            .Where(offset => offset >= 0)
            .Order(),
    ];

    private string Named(string extension) => Path.Combine(Folder, $"{BaseOffset:D20}{extension}{Suffix}");
}
