using System.Collections.Concurrent;
using System.Globalization;
using Streaming.Contracts.Control;
using Streaming.Sinks;
using Streaming.Sinks.Generations;

namespace Streaming.Cli.Tests.Sinks;

/// <summary>Several destinations in memory, side by side.</summary>
internal sealed class MemoryGenerations : ISinkGenerations
{
    private readonly ConcurrentDictionary<int, MemorySink> _sinks = new();

    public int Current { get; private set; } = 1;

    /// <summary>Of generations that are begun from now on: batches that may be written before the next one waits; null: all.</summary>
    public SemaphoreSlim? Permits { get; set; }

    /// <summary>Happens between the swap and its being declared.</summary>
    public Func<Task>? WhenSwapped { get; set; }

    public MemorySink this[int number] => _sinks.GetOrAdd(number, added => new MemorySink(added, Permits));

    public Task<int?> CurrentAsync(CancellationToken cancellationToken) => Task.FromResult<int?>(Current);

    public Task<IReadOnlyList<int>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<int>>([.. _sinks.Where(sink => sink.Value.IsPrepared).Select(sink => sink.Key).Order()]);

    public ISink Open(int number) => this[number];

    public Task<GenerationComparison> CompareAsync(int left, int right, int examplesMax, CancellationToken cancellationToken)
    {
        var (ours, theirs) = (this[left].Rows, this[right].Rows);
        var differing = ours.Keys.Union(theirs.Keys).Where(key => ours.GetValueOrDefault(key) != theirs.GetValueOrDefault(key)).Order(StringComparer.Ordinal)
            .Select(key => new EntryDifference(key, KindOf(ours.GetValueOrDefault(key), theirs.GetValueOrDefault(key)), ours.GetValueOrDefault(key), theirs.GetValueOrDefault(key))).ToList();
        var part = new PartComparison("rows", ours.Count, theirs.Count, 0, [], [new("inventory.events", 0, 0, Sum(ours), Sum(theirs))],
            differing.GroupBy(difference => difference.Kind).ToDictionary(kind => kind.Key, kind => (long)kind.Count()), [.. differing.Take(examplesMax)]);
        return Task.FromResult(new GenerationComparison(left, right, TimeProvider.System.GetUtcNow(), 0, [part]));
    }

    public async Task SwapAsync(int number, CancellationToken cancellationToken)
    {
        Current = number;
        if (WhenSwapped is { } then)
            await then();
    }

    public Task DropAsync(int number, CancellationToken cancellationToken)
    {
        _sinks.TryRemove(number, out _);
        return Task.CompletedTask;
    }

    private static string Sum(ConcurrentDictionary<string, string> rows) =>
        rows.Sum(row => (long)string.GetHashCode($"{row.Key}={row.Value}", StringComparison.Ordinal)).ToString(CultureInfo.InvariantCulture);

    private static DifferenceKind KindOf(string? left, string? right) => (left, right) switch
    {
        (_, null) => DifferenceKind.Missing,
        (null, _) => DifferenceKind.Added,
        _ => DifferenceKind.Changed,
    };
}
