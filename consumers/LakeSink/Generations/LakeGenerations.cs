using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Options;
using Streaming.Contracts.Control;
using Streaming.Lake.Delta;
using Streaming.Lake.Storage;
using Streaming.LakeSink.Positions;
using Streaming.Sinks;
using Streaming.Sinks.Generations;

namespace Streaming.LakeSink.Generations;

/// <summary>The lakes that lie side by side in one store, a folder each, and the pointer that says which is to be read.</summary>
internal sealed class LakeGenerations(ITableStore store, IOptions<LakeOptions> options, TimeProvider time) : ISinkGenerations
{
    private const int TriesMax = 3;

    private readonly GenerationPointer _pointer = new(store);
    private readonly ConcurrentDictionary<int, DeltaSink> _opened = new();

    /// <summary>The sinks that this host fills beside its own.</summary>
    public IEnumerable<DeltaSink> Opened => _opened.Values;

    /// <summary>A generation's folder.</summary>
    public static string FolderOf(int number) => string.Create(CultureInfo.InvariantCulture, $"g{number}");

    public async Task<int?> CurrentAsync(CancellationToken cancellationToken) => (await _pointer.ReadAsync(cancellationToken))?.Generation;

    public async Task<IReadOnlyList<int>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await store.ListFoldersAsync(cancellationToken)).Select(NumberOf).OfType<int>().Order()];

    public ISink Open(int number) => _opened[number] = new DeltaSink(store, options.Value, number, time);

    public async Task<GenerationComparison> CompareAsync(int left, int right, int examplesMax, CancellationToken cancellationToken)
    {
        var there = await ListAsync(cancellationToken);
        foreach (var number in new[] { left, right }.Where(number => !there.Contains(number)))
            throw NotThere(number);
        var started = time.GetTimestamp();
        var parts = await ComparePartsAsync(left, right, examplesMax, cancellationToken);
        return new(left, right, time.GetUtcNow(), time.GetElapsedTime(started).TotalSeconds, parts);
    }

    public async Task SwapAsync(int number, CancellationToken cancellationToken)
    {
        if (!(await ListAsync(cancellationToken)).Contains(number))
            throw NotThere(number);
        while (await _pointer.ReadAsync(cancellationToken) is var current && current?.Generation != number)
        {
            if (await _pointer.TrySwapAsync(number, current?.Version ?? 0, cancellationToken))
                return;
        }
    }

    public async Task DropAsync(int number, CancellationToken cancellationToken)
    {
        if (await CurrentAsync(cancellationToken) == number)
            throw new InvalidOperationException($"Generation {number} is what readers see. Show them another one first.");
        _opened.TryRemove(number, out _);
        // Positions go first: whoever takes up what a crash has left of it must not go on behind rows that are gone.
        await store.DeleteFolderAsync(PositionLog.FolderOf(FolderOf(number)), cancellationToken);
        await store.DeleteFolderAsync(FolderOf(number), cancellationToken);
    }

    /// <summary>An erasure removes files at once, also from under who reads them: then all is looked at again.</summary>
    private async Task<IReadOnlyList<PartComparison>> ComparePartsAsync(int left, int right, int examplesMax, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var (ours, theirs) = (await GenerationView.OpenAsync(store, left, cancellationToken), await GenerationView.OpenAsync(store, right, cancellationToken));
                var parts = new List<PartComparison>();
                foreach (var name in ours.Tables.Keys.Union(theirs.Tables.Keys).Order(StringComparer.Ordinal))
                    parts.Add(await new TableComparison(name, ours, theirs).CompareAsync(examplesMax, cancellationToken));
                return parts;
            }
            catch (MissingFileException) when (attempt < TriesMax)
            {
                // Tried again above.
            }
        }
    }

    private static int? NumberOf(string folder) =>
        folder.StartsWith('g') && int.TryParse(folder.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && folder == FolderOf(number) ? number : null;

    private static InvalidOperationException NotThere(int number) => new($"Generation {number} is not in the lake (no folder {FolderOf(number)}): prepare and fill it first.");
}
