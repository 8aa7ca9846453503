using System.Text.Json;
using Streaming.Lake.Storage;

namespace Streaming.LakeSink.Positions;

/// <summary>Which generation readers are to use: swapped at once when another is proved equal.</summary>
internal sealed class GenerationPointer(ITableStore store)
{
    private readonly VersionedFile _file = new(store, "_current");

    /// <summary>The present generation, and the version of the pointer that says so; null where nobody has said.</summary>
    public async Task<(int Generation, long Version)?> ReadAsync(CancellationToken cancellationToken) =>
        await _file.ReadAsync(cancellationToken) is { } newest ? (JsonSerializer.Deserialize<Pointer>(newest.Content.Span)!.Generation, newest.Version) : null;

    /// <summary>Points at another generation; false when somebody else has moved the pointer since that version was read.</summary>
    /// <param name="version">0: there was none.</param>
    public Task<bool> TrySwapAsync(int generation, long version, CancellationToken cancellationToken) =>
        _file.TryWriteAsync(version + 1, JsonSerializer.SerializeToUtf8Bytes(new Pointer(generation, Guid.NewGuid())), cancellationToken);

    private sealed record Pointer(int Generation, Guid Writer);
}
