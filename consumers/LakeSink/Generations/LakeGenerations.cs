using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Options;
using Streaming.Contracts.Control;
using Streaming.Lake.Storage;
using Streaming.LakeSink.Positions;
using Streaming.Sinks;
using Streaming.Sinks.Generations;

namespace Streaming.LakeSink.Generations;

/// <summary>The lakes that lie side by side in one store, a folder each, and the pointer that says which is to be read.</summary>
internal sealed class LakeGenerations(ITableStore store, IOptions<LakeOptions> options, TimeProvider time) : ISinkGenerations, IDisposable
{
    private readonly GenerationPointer _pointer = new(store);
    private readonly ConcurrentDictionary<int, DeltaSink> _opened = new();

    /// <summary>The sinks that this host fills beside its own.</summary>
    public IEnumerable<DeltaSink> Opened => _opened.Values;

    /// <summary>A generation's folder.</summary>
    public static string FolderOf(int number) => string.Create(CultureInfo.InvariantCulture, $"g{number}");

    public async Task<int?> CurrentAsync(CancellationToken cancellationToken) => (await _pointer.ReadAsync(cancellationToken))?.Generation;

    public async Task<IReadOnlyList<int>> ListAsync(CancellationToken cancellationToken)
    {
        var there = await FoldersAsync(cancellationToken);
        // Read last: what was dropped before the answer is not in it.
        return [.. there.Except((await _pointer.ReadAsync(cancellationToken))?.Dropped ?? []).Order()];
    }

    /// <summary>The one that is open already, where there is one, until it is disposed.</summary>
    public ISink Open(int number) =>
        _opened.GetOrAdd(number, one => new DeltaSink(store, options.Value, one, time) { WhenDisposed = sink => _opened.TryRemove(new(one, sink)) });

    public async Task<GenerationComparison> CompareAsync(int left, int right, int examplesMax, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var parts = await new LakeComparison(cancel => ViewAsync(left, cancel), cancel => ViewAsync(right, cancel)).RunAsync(examplesMax, cancellationToken);
        return new(left, right, time.GetUtcNow(), time.GetElapsedTime(started).TotalSeconds, parts);
    }

    public async Task SwapAsync(int number, CancellationToken cancellationToken)
    {
        if (!(await FoldersAsync(cancellationToken)).Contains(number))
            throw NotThere(number);
        while (await _pointer.ReadAsync(cancellationToken) is var shown && shown?.Generation != number)
        {
            GenerationPointer.RefuseDropped(shown, number);
            if (await _pointer.TrySwapAsync(shown, number, cancellationToken))
                return;
        }
    }

    public async Task DropAsync(int number, CancellationToken cancellationToken)
    {
        // The first is what a host has that was told nothing: which ones such a host writes is declared elsewhere, and looked at there.
        if (number == options.Value.Generation && number > 1)
            throw new InvalidOperationException($"Generation {number} is what this host is configured to write (Lake__Generation). Stop such hosts, and have another one drop it.");
        // Noted first, and for good: a crash or a late writer may leave something of it, which nobody takes for a generation then.
        if (await NoteDroppedAsync(number, cancellationToken))
            await RemoveAsync(number, cancellationToken);
    }

    /// <summary>Removes what there is of dropped generations: a crash has left it, or a host has written it that was late to hear of the drop.</summary>
    /// <returns>The numbers of all that were dropped.</returns>
    public async Task<IReadOnlyList<int>> SweepAsync(CancellationToken cancellationToken)
    {
        var dropped = (await _pointer.ReadAsync(cancellationToken))?.Dropped ?? [];
        foreach (var number in dropped)
            await RemoveAsync(number, cancellationToken);
        return dropped;
    }

    public void Dispose()
    {
        foreach (var sink in _opened.Values)
            sink.Dispose();
    }

    /// <summary>False when there is no such generation, and there was none.</summary>
    private async Task<bool> NoteDroppedAsync(int number, CancellationToken cancellationToken)
    {
        while (true)
        {
            var shown = await _pointer.ReadAsync(cancellationToken);
            if (shown?.Generation == number)
                throw new InvalidOperationException($"Generation {number} is what readers see. Show them another one first.");
            if (shown?.Dropped.Contains(number) == true)
                return true;
            if (!(await FoldersAsync(cancellationToken)).Contains(number))
                return false;
            if (shown is null)
                throw new InvalidOperationException($"Readers see no generation yet, and could come to see {number}. Show them another one first.");
            if (await _pointer.TryDropAsync(shown, number, cancellationToken))
                return true;
        }
    }

    private async Task RemoveAsync(int number, CancellationToken cancellationToken)
    {
        if (_opened.TryGetValue(number, out var sink))
            sink.Dispose();
        await store.DeleteFolderAsync(FolderOf(number), cancellationToken);
    }

    private async Task<GenerationView> ViewAsync(int number, CancellationToken cancellationToken)
    {
        var view = await GenerationView.OpenAsync(store, number, cancellationToken);
        // Asked afterwards: one that is not dropped by now had all its files while they were looked at.
        return (await ListAsync(cancellationToken)).Contains(number) ? view : throw NotThere(number);
    }

    private async Task<IReadOnlyList<int>> FoldersAsync(CancellationToken cancellationToken) =>
        [.. (await store.ListFoldersAsync(cancellationToken)).Select(NumberOf).OfType<int>()];

    private static int? NumberOf(string folder) =>
        folder.StartsWith('g') && int.TryParse(folder.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && folder == FolderOf(number) ? number : null;

    private static InvalidOperationException NotThere(int number) => new($"Generation {number} is not in the lake (no folder {FolderOf(number)}): prepare and fill it first.");
}
