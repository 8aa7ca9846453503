using System.Text.Json;
using Streaming.Lake.Storage;

namespace Streaming.Lake.Delta;

/// <summary>Reads a table's log: the newest checkpoint, then commit after commit.</summary>
/// <param name="root">The table's folder within the store, with '/' at its end.</param>
internal sealed class DeltaLog(ITableStore store, string root)
{
    /// <summary>The table as of a version, or the newest; one of version -1 where there is no table.</summary>
    /// <exception cref="MalformedTableException">Commits are missing, or make no sense.</exception>
    public async Task<Snapshot> ReadAsync(long? version, CancellationToken cancellationToken)
    {
        var names = (await store.ListAsync(root + LogNames.Folder, cancellationToken)).Select(file => Path.GetFileName(file.Path)).ToList();
        var snapshot = new Snapshot();
        if (NewestCheckpoint(names, version) is var (checkpoint, parts))
            snapshot.Apply(checkpoint, await ReadCheckpointAsync(names, checkpoint, parts, cancellationToken));
        var last = names.Select(LogNames.CommitVersion).Max() ?? -1;
        if (version > Math.Max(last, snapshot.Version))
            throw new MalformedTableException($"{root} has no version {version}; the newest is {Math.Max(last, snapshot.Version)}.");
        for (var next = snapshot.Version + 1; next <= (version ?? last); next++)
        {
            if (!await TryAdvanceAsync(snapshot, cancellationToken))
                throw new MalformedTableException($"{root} has no commit {next}, though there is one behind it.");
        }
        return snapshot;
    }

    /// <summary>Goes on by the next commit; false when there is none.</summary>
    public async Task<bool> TryAdvanceAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        var next = snapshot.Version + 1;
        if (await store.ReadAsync(root + LogNames.Commit(next), cancellationToken) is not { } lines)
            return false;
        snapshot.Apply(next, ActionJson.Read(lines));
        return true;
    }

    public async Task WriteCheckpointAsync(Snapshot snapshot, IReadOnlyList<DeltaAction> actions, CancellationToken cancellationToken)
    {
        await store.WriteAsync(root + LogNames.Checkpoint(snapshot.Version), CheckpointWriter.Write(actions), cancellationToken);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("version", snapshot.Version);
            json.WriteNumber("size", actions.Count);
            json.WriteEndObject();
        }
        await store.WriteAsync(root + LogNames.LastCheckpoint, stream.ToArray(), cancellationToken);
    }

    // Found by its name and not by _last_checkpoint: the list is read anyway, and cannot be behind.
    private static (long Version, int Parts)? NewestCheckpoint(List<string> names, long? versionMax) => names
        .Select(LogNames.CheckpointVersion).OfType<(long Version, int Parts)>()
        .Where(checkpoint => versionMax is null || checkpoint.Version <= versionMax)
        .GroupBy(checkpoint => checkpoint)
        .Where(parts => parts.Count() == parts.Key.Parts)      // One whose parts are not all there is not finished.
        .Select(parts => ((long, int)?)parts.Key)
        .Max();

    private async Task<List<DeltaAction>> ReadCheckpointAsync(List<string> names, long version, int parts, CancellationToken cancellationToken)
    {
        var actions = new List<DeltaAction>();
        foreach (var name in names.Where(name => LogNames.CheckpointVersion(name) == (version, parts)))
        {
            var bytes = await store.ReadAsync($"{root}{LogNames.Folder}/{name}", cancellationToken)
                ?? throw new MalformedTableException($"The checkpoint {name} of {root} was removed while it was read.");
            actions.AddRange(CheckpointReader.Read(bytes));
        }
        return actions;
    }
}
