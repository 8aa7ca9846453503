using Streaming.Lake.Delta;
using Streaming.Lake.Storage;
using Streaming.LakeSink.Tables;

namespace Streaming.LakeSink.Generations;

/// <summary>A table of a generation at one moment.</summary>
/// <param name="store">Where its files are.</param>
/// <param name="root">Its folder within the store.</param>
/// <param name="snapshot">Nobody's but ours: it stays as it is.</param>
internal sealed class TableView(ITableStore store, string root, Snapshot snapshot)
{
    /// <summary>Topics whose events are in it; one, as a rule.</summary>
    public HashSet<string> Topics { get; } = [];

    public TableMetadata Metadata => snapshot.Metadata!;

    public IReadOnlyCollection<AddFile> Files => snapshot.Files;

    /// <summary>How far it says that it is complete; 0 where it has heard nothing.</summary>
    public long CompleteBefore(Place place) => snapshot.VersionOf(EventTable.OffsetId(place.Topic, place.Partition)) ?? 0;

    public Task<DataFileReader> ReadAsync(AddFile file, CancellationToken cancellationToken) =>
        DataFileReader.OpenAsync(store, root, file, TableColumns.InFiles(Metadata.Schema, Metadata.PartitionColumns), cancellationToken);

    /// <summary>Null for one that was noted, and has no commit yet.</summary>
    public static async Task<TableView?> OpenAsync(ITableStore store, string root, string name, CancellationToken cancellationToken)
    {
        var snapshot = await new DeltaLog(store, $"{root}/{name}/").ReadAsync(version: null, cancellationToken);
        return snapshot.Exists ? new TableView(store, $"{root}/{name}", snapshot) : null;
    }
}
