using System.Text.Json;
using Streaming.Lake.Storage;

namespace Streaming.LakeSink.Positions;

/// <summary>Which generation readers are to use, and which ones were dropped: swapped at once when another is proved equal.</summary>
/// <remarks>Both are said in one place, so that of a swap to a generation and its drop, one comes first and the other sees it.</remarks>
internal sealed class GenerationPointer(ITableStore store)
{
    private readonly VersionedFile _file = new(store, "_current");

    /// <summary>What is said now; null where nobody has said anything.</summary>
    public async Task<ShownGeneration?> ReadAsync(CancellationToken cancellationToken)
    {
        if (await _file.ReadAsync(cancellationToken) is not { } newest)
            return null;
        var pointer = JsonSerializer.Deserialize<Pointer>(newest.Content.Span)!;
        return new(pointer.Generation, pointer.Dropped ?? [], newest.Version);
    }

    /// <summary>Points at another generation; false when somebody else has moved the pointer since that was read.</summary>
    /// <param name="shown">What was read; null: there was none.</param>
    public Task<bool> TrySwapAsync(ShownGeneration? shown, int generation, CancellationToken cancellationToken) =>
        TryWriteAsync(shown, generation, shown?.Dropped ?? [], cancellationToken);

    /// <summary>Notes for good that a generation is dropped; false when somebody else has moved the pointer since that was read.</summary>
    public Task<bool> TryDropAsync(ShownGeneration shown, int generation, CancellationToken cancellationToken) =>
        TryWriteAsync(shown, shown.Generation, [.. shown.Dropped, generation], cancellationToken);

    /// <exception cref="InvalidOperationException">The generation was dropped.</exception>
    public async Task RefuseDroppedAsync(int generation, CancellationToken cancellationToken) => RefuseDropped(await ReadAsync(cancellationToken), generation);

    /// <exception cref="InvalidOperationException">The generation was dropped.</exception>
    public static void RefuseDropped(ShownGeneration? shown, int generation)
    {
        // A host that slept through the drop may still write into its folder: a lake that begins with a hole would be taken for a whole one.
        if (shown is not null && shown.Dropped.Contains(generation))
            throw new InvalidOperationException($"Generation {generation} of the lake was dropped, and its number is not given again: fill one with a new number.");
    }

    private Task<bool> TryWriteAsync(ShownGeneration? before, int generation, IReadOnlyList<int> dropped, CancellationToken cancellationToken) =>
        _file.TryWriteAsync((before?.Version ?? 0) + 1, JsonSerializer.SerializeToUtf8Bytes(new Pointer(generation, dropped, Guid.NewGuid())), cancellationToken);

    private sealed record Pointer(int Generation, IReadOnlyList<int>? Dropped, Guid Writer);
}

/// <param name="Generation">The one that readers see.</param>
/// <param name="Dropped">Those that were dropped, and whose numbers are not given again.</param>
/// <param name="Version">Of the pointer that says so.</param>
internal sealed record ShownGeneration(int Generation, IReadOnlyList<int> Dropped, long Version);
