using Streaming.Lake.Storage;

namespace Streaming.Lake.Delta;

/// <summary>Removes files that no version to be read needs any more: those that were replaced long ago, and those that never were committed.</summary>
internal static class Vacuum
{
    /// <param name="kept">How long a file is kept after it was removed from the table, for those who read an earlier version;
    /// and after it was written without ever being committed, for whoever may still be about to.</param>
    /// <param name="logKept">How long commits are kept that a checkpoint stands for.</param>
    /// <returns>How many files are gone.</returns>
    public static async Task<int> RunAsync(DeltaTable table, TimeSpan kept, TimeSpan logKept, CancellationToken cancellationToken)
    {
        // First the list, then the log: a file that is committed in between is in the log then.
        var files = await table.Store.ListAsync(table.Root, cancellationToken);
        var now = table.Time.GetUtcNow();
        var (active, removed) = await table.LookAsync(
            snapshot => (snapshot.Files.Select(file => file.Location).ToHashSet(), snapshot.Removed.ToDictionary(file => file.Location)), isNewest: true, cancellationToken);
        var newestCheckpoint = files.Select(file => LogNames.CheckpointVersion(Path.GetFileName(file.Path))?.Version).Max() ?? -1;
        var gone = 0;
        foreach (var file in files)
        {
            var path = PathIn(table, file);
            var isOld = IsLog(path)
                ? IsOldLog(path[(LogNames.Folder.Length + 1)..], newestCheckpoint) && file.ModifiedAt < now - logKept
                : !active.Contains(path) && Since(path, file, removed) < now - kept;
            if (!isOld)
                continue;
            await table.Store.DeleteAsync(file.Path, cancellationToken);
            gone++;
        }
        return gone;
    }

    /// <summary>Removes every file that does not belong to the table any more, at once: rows were erased, and may also be in files that were merged or replaced
    /// before. Earlier versions of the table cannot be read from then on.</summary>
    public static async Task<int> EraseAsync(DeltaTable table, CancellationToken cancellationToken)
    {
        var files = await table.Store.ListAsync(table.Root, cancellationToken);
        var (active, erased) = await table.LookAsync(
            snapshot => (snapshot.Files.Select(file => file.Location).ToHashSet(), snapshot.Removed.ToList()), isNewest: false, cancellationToken);
        foreach (var file in erased)
            await table.Store.DeleteAsync($"{table.Root}/{file.Location}", cancellationToken);
        // The log forgets after a while what was removed, whether it is gone or not; and a crash may have left some that it never knew.
        var old = table.Time.GetUtcNow() - DeltaTable.RemovedKeptDefault;
        foreach (var file in files.Where(file => file.ModifiedAt < old && !active.Contains(PathIn(table, file)) && !IsLog(PathIn(table, file))))
            await table.Store.DeleteAsync(file.Path, cancellationToken);
        await table.LookAsync(
            snapshot =>
            {
                erased.ForEach(snapshot.Forget);
                return erased.Count;
            },
            isNewest: false, cancellationToken);
        return erased.Count;
    }

    private static string PathIn(DeltaTable table, StoredFile file) => file.Path[(table.Root.Length + 1)..];

    private static bool IsLog(string path) => path.StartsWith(LogNames.Folder + "/", StringComparison.Ordinal);

    private static DateTimeOffset Since(string path, StoredFile file, Dictionary<string, RemoveFile> removed) =>
        removed.TryGetValue(path, out var action) ? DateTimeOffset.FromUnixTimeMilliseconds(action.DeletedAtMs) : file.ModifiedAt;

    // The newest checkpoint and what comes behind it is the table.
    private static bool IsOldLog(string name, long newestCheckpoint) =>
        name.StartsWith('.') || (LogNames.CommitVersion(name) ?? LogNames.CheckpointVersion(name)?.Version) < newestCheckpoint;
}
