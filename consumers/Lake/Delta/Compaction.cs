namespace Streaming.Lake.Delta;

/// <summary>Merges a table's small files: readers open few large ones faster than many small ones.</summary>
internal static class Compaction
{
    /// <param name="SmallBytes">A file below this is small.</param>
    /// <param name="FilesMin">Small files of one partition that are worth merging.</param>
    /// <param name="TargetBytes">About as large a merged file becomes, at most.</param>
    internal sealed record Limits(long SmallBytes = 32L << 20, int FilesMin = 8, long TargetBytes = 128L << 20);

    /// <returns>How many files were merged.</returns>
    public static async Task<int> RunAsync(DeltaTable table, Limits limits, CancellationToken cancellationToken)
    {
        var merged = 0;
        var (groups, metadata) = await table.LookAsync(
            snapshot => (Plan(snapshot.Files, limits), snapshot.Metadata), isNewest: true, cancellationToken);
        foreach (var files in groups)
        {
            var schema = TableColumns.InFiles(metadata!.Schema, metadata.PartitionColumns);
            var rewrite = await Rewrite.MergeAsync(table, schema, files, cancellationToken);
            var isCommitted = await table.CommitAsync("OPTIMIZE", snapshot => Decide(table, snapshot, metadata, rewrite), cancellationToken);
            if (isCommitted)
                merged += files.Count;
            else
                await rewrite.DropAsync(table, cancellationToken);
        }
        return merged;
    }

    // Files that others added in the meantime don't matter; if one of ours is gone, or the columns are others now, the next run does it.
    private static IReadOnlyList<DeltaAction>? Decide(DeltaTable table, Snapshot snapshot, TableMetadata metadata, Rewrite rewrite) =>
        rewrite.Fits(snapshot) && snapshot.Metadata!.Schema == metadata.Schema
            ? rewrite.Actions(table.Time.GetUtcNow().ToUnixTimeMilliseconds(), dataChange: false)
            : null;

    private static List<List<AddFile>> Plan(IEnumerable<AddFile> files, Limits limits)
    {
        var groups = new List<List<AddFile>>();
        foreach (var partition in files.Where(file => file.SizeBytes < limits.SmallBytes)
            .GroupBy(file => string.Join('/', file.PartitionValues.OrderBy(value => value.Key, StringComparer.Ordinal).Select(value => $"{value.Key}={value.Value}"))))
        {
            var small = partition.OrderBy(file => file.ModifiedAtMs).ThenBy(file => file.Path, StringComparer.Ordinal).ToList();
            while (small.Count >= limits.FilesMin)
            {
                var sizeBytes = 0L;
                var count = small.TakeWhile(file => (sizeBytes += file.SizeBytes) <= limits.TargetBytes).Count();
                if (count < 2)
                    break;
                groups.Add(small[..count]);
                small = small[count..];
            }
        }
        return groups;
    }
}
