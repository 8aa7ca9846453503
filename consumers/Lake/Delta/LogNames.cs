using System.Globalization;

namespace Streaming.Lake.Delta;

/// <summary>Names of the files in <c>_delta_log</c>.</summary>
internal static class LogNames
{
    public const string Folder = "_delta_log";
    public const string LastCheckpoint = Folder + "/_last_checkpoint";

    private const int Digits = 20;
    private const string CommitSuffix = ".json";
    private const string CheckpointInfix = ".checkpoint.";
    private const string CheckpointSuffix = "parquet";

    public static string Commit(long version) => $"{Folder}/{Number(version)}{CommitSuffix}";

    public static string Checkpoint(long version) => $"{Folder}/{Number(version)}{CheckpointInfix}{CheckpointSuffix}";

    /// <summary>The version whose commit a file is; null for other files.</summary>
    /// <param name="name">Without its folder.</param>
    public static long? CommitVersion(string name) => name.Length == Digits + CommitSuffix.Length && name.EndsWith(CommitSuffix, StringComparison.Ordinal) ? Version(name) : null;

    /// <summary>The version whose checkpoint a file is, or a part of it; null for other files.</summary>
    public static (long Version, int Parts)? CheckpointVersion(string name)
    {
        if (name.Length <= Digits || !name.AsSpan(Digits).StartsWith(CheckpointInfix) || Version(name) is not { } version)
            return null;
        return name[(Digits + CheckpointInfix.Length)..].Split('.') switch
        {
            [CheckpointSuffix] => (version, 1),
            [_, var parts, CheckpointSuffix] when int.TryParse(parts, NumberStyles.None, CultureInfo.InvariantCulture, out var count) => (version, count),
            _ => null,      // Checkpoints of later versions of the protocol, named by a UUID.
        };
    }

    private static string Number(long version) => version.ToString("D20", CultureInfo.InvariantCulture);

    private static long? Version(string name) => long.TryParse(name.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
}
