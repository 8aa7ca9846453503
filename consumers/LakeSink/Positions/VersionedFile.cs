using System.Globalization;
using Streaming.Lake.Storage;

namespace Streaming.LakeSink.Positions;

/// <summary>A small value that many may change, one after another: each version is a file of its own, named by its number, and written only where there is none.</summary>
/// <remarks>Whoever writes a version has seen the one before; who loses that race has seen an old one. It needs nothing of the store but put-if-absent.</remarks>
/// <param name="folder">Where its versions lie, from the store's root.</param>
internal sealed class VersionedFile(ITableStore store, string folder)
{
    private const int VersionsKept = 16;

    /// <summary>The newest version and its number; null where there is none.</summary>
    public async Task<(long Version, ReadOnlyMemory<byte> Content)?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var versions = (await store.ListAsync(folder, cancellationToken)).Select(file => VersionOf(file.Path)).OfType<long>().ToList();
            if (versions.Count == 0)
                return null;
            var newest = versions.Max();
            if (await store.ReadAsync(PathOf(newest), cancellationToken) is { } content)
                return (newest, content);
            // Newer ones came, and it was removed, between the list and the reading.
        }
    }

    /// <summary>Writes a version; false when somebody else has.</summary>
    public async Task<bool> TryWriteAsync(long version, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var path = PathOf(version);
        if (!await store.TryAddAsync(path, content, cancellationToken)
            && (await store.ReadAsync(path, cancellationToken) is not { } there || !there.Span.SequenceEqual(content.Span)))     // Our own, if an answer was lost.
            return false;
        if (version > VersionsKept)
            await store.DeleteAsync(PathOf(version - VersionsKept), cancellationToken);
        return true;
    }

    private string PathOf(long version) => string.Create(CultureInfo.InvariantCulture, $"{folder}/{version:D20}.json");

    private static long? VersionOf(string path) =>
        path.EndsWith(".json", StringComparison.Ordinal) && long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
}
