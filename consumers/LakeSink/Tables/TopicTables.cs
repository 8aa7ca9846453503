using System.Collections.Concurrent;
using Streaming.Lake.Delta;
using Streaming.Lake.Storage;

namespace Streaming.LakeSink.Tables;

/// <summary>The tables that a topic's events are in. Each is noted before its first row is written, so that a reset or an erasure finds them all.</summary>
/// <param name="root">The generation's folder.</param>
internal sealed class TopicTables(ITableStore store, string root, string topic, TimeProvider time, int checkpointEvery) : IDisposable
{
    private readonly ConcurrentDictionary<string, EventTable> _tables = new();
    private readonly string _notes = $"{NotesOf(root)}/{topic}";

    /// <summary>The table of that name, noted.</summary>
    public async Task<EventTable> OpenAsync(string name, CancellationToken cancellationToken)
    {
        if (_tables.TryGetValue(name, out var known))
            return known;
        await store.TryAddAsync($"{_notes}/{name}.json", "{}"u8.ToArray(), cancellationToken);
        return Open(name);
    }

    /// <summary>Those that this host knows.</summary>
    public IEnumerable<EventTable> Known => _tables.Values;

    /// <summary>Every table of the topic, whoever wrote to it first.</summary>
    public async Task<IReadOnlyList<EventTable>> AllAsync(CancellationToken cancellationToken) =>
        [.. (await store.ListAsync(_notes, cancellationToken)).Where(file => IsNote(file.Path)).Select(file => Open(Path.GetFileNameWithoutExtension(file.Path)))];

    /// <summary>The tables of all topics of a generation.</summary>
    public static async Task<IReadOnlyList<(string Topic, string Table)>> NotedAsync(ITableStore store, string root, CancellationToken cancellationToken) =>
    [
        .. (await store.ListAsync(NotesOf(root), cancellationToken))
            .Select(file => file.Path[(NotesOf(root).Length + 1)..].Split('/'))
            .Where(path => path is [_, var name] && IsNote(name))
            .Select(path => (path[0], Path.GetFileNameWithoutExtension(path[1]))),
    ];

    public void Dispose()
    {
        foreach (var table in _tables.Values)
            table.Table.Dispose();
    }

    private static string NotesOf(string root) => $"{root}/_tables";

    // A note on its way to its place has another name.
    private static bool IsNote(string name) => name.EndsWith(".json", StringComparison.Ordinal);

    private EventTable Open(string name) => _tables.GetOrAdd(name, key => new EventTable(new DeltaTable(store, $"{root}/{key}", time, checkpointEvery), key));
}
