using System.Globalization;
using Streaming.Lake.Storage;
using Streaming.LakeSink.Positions;
using Streaming.LakeSink.Tables;

namespace Streaming.LakeSink.Generations;

/// <summary>A partition of a topic, as a generation's rows name it.</summary>
internal readonly record struct Place(string Topic, int Partition);

/// <summary>What a generation holds at one moment, to be compared with another's.</summary>
internal sealed class GenerationView
{
    private const int TriesMax = 20;

    private readonly IReadOnlyDictionary<Place, StoredPosition> _positions;

    private GenerationView(int number, IReadOnlyDictionary<Place, StoredPosition> positions, IReadOnlyDictionary<string, TableView> tables) =>
        (Number, _positions, Tables) = (number, positions, tables);

    public int Number { get; }

    /// <summary>The tables that there are, by name.</summary>
    public IReadOnlyDictionary<string, TableView> Tables { get; }

    /// <summary>Partitions that it has heard of.</summary>
    public IEnumerable<Place> Places => _positions.Keys;

    /// <exception cref="InvalidOperationException">It is being reset all the while.</exception>
    public static async Task<GenerationView> OpenAsync(ITableStore store, int number, CancellationToken cancellationToken)
    {
        var root = LakeGenerations.FolderOf(number);
        for (var attempt = 0; attempt < TriesMax; attempt++)
        {
            var positions = await PositionsAsync(store, root, cancellationToken);
            var tables = await TablesAsync(store, root, cancellationToken);
            var after = await PositionsAsync(store, root, cancellationToken);
            if (positions.All(place => after.TryGetValue(place.Key, out var now) && IsSameEpoch(place.Value, now)))
                return new(number, positions, tables);
        }
        throw new InvalidOperationException($"Generation {number} is being reset; compare it when that is done.");
    }

    /// <summary>Before which offset everything of a partition is in a table; 0 where nothing is said.</summary>
    public long CompleteBefore(Place place, string table)
    {
        if (!_positions.TryGetValue(place, out var position))
            return 0;
        // Positions were read before the tables: what they say is in there. A table may be further, of a batch that is being written.
        var complete = Math.Max(position.Checkpoint.NextOffset, Tables.TryGetValue(table, out var view) ? view.CompleteBefore(place) : 0);
        return Math.Min(complete, position.PendingReset ?? long.MaxValue);
    }

    private static bool IsSameEpoch(StoredPosition before, StoredPosition now) => before.Checkpoint.Epoch == now.Checkpoint.Epoch && before.PendingReset == now.PendingReset;

    private static async Task<Dictionary<Place, StoredPosition>> PositionsAsync(ITableStore store, string root, CancellationToken cancellationToken)
    {
        var folder = PositionLog.FolderOf(root);
        var places = (await store.ListAsync(folder, cancellationToken))
            .Select(file => file.Path[(folder.Length + 1)..].Split('/')).Where(path => path.Length == 3)
            .Select(path => new Place(path[0], int.Parse(path[1], CultureInfo.InvariantCulture))).Distinct();
        var positions = new Dictionary<Place, StoredPosition>();
        foreach (var place in places)
        {
            var where = PositionLog.FolderOf(root, place.Topic, place.Partition);
            if (await new VersionedFile(store, where).ReadAsync(cancellationToken) is { } newest)
                positions[place] = StoredPosition.Parse(newest.Content, where);
        }
        return positions;
    }

    private static async Task<Dictionary<string, TableView>> TablesAsync(ITableStore store, string root, CancellationToken cancellationToken)
    {
        var tables = new Dictionary<string, TableView>();
        foreach (var (topic, name) in await TopicTables.NotedAsync(store, root, cancellationToken))
        {
            if (tables.TryGetValue(name, out var known))
                known.Topics.Add(topic);
            else if (await TableView.OpenAsync(store, root, name, cancellationToken) is { } table)
                (tables[name] = table).Topics.Add(topic);
        }
        return tables;
    }
}
