using System.Collections.Concurrent;
using Streaming.Lake.Storage;

namespace Streaming.LakeSink.Tests.Support;

/// <summary>A store whose process dies while it removes a folder, and from which files go as they are read.</summary>
internal sealed class BreakingStore(ITableStore store) : ITableStore
{
    /// <summary>A folder loses its positions, and then it breaks.</summary>
    public bool BreaksAtDelete { get; set; }

    /// <summary>So often a file of rows is not there when it is read first.</summary>
    public int ReadsLost { get; set; }

    /// <summary>How often each was not.</summary>
    public ConcurrentDictionary<string, int> Lost { get; } = new();

    public async Task<ReadOnlyMemory<byte>?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!path.EndsWith(".parquet", StringComparison.Ordinal) || path.Contains("_delta_log", StringComparison.Ordinal) || Lost.GetValueOrDefault(path) >= ReadsLost)
            return await store.ReadAsync(path, cancellationToken);
        Lost.AddOrUpdate(path, 1, (_, times) => times + 1);
        return null;
    }

    public Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => store.WriteAsync(path, content, cancellationToken);

    public Task<bool> TryAddAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => store.TryAddAsync(path, content, cancellationToken);

    public Task<IReadOnlyList<StoredFile>> ListAsync(string folder, CancellationToken cancellationToken) => store.ListAsync(folder, cancellationToken);

    public Task<IReadOnlyList<string>> ListFoldersAsync(CancellationToken cancellationToken) => store.ListFoldersAsync(cancellationToken);

    public Task DeleteAsync(string path, CancellationToken cancellationToken) => store.DeleteAsync(path, cancellationToken);

    public async Task DeleteFolderAsync(string folder, CancellationToken cancellationToken)
    {
        if (!BreaksAtDelete)
        {
            await store.DeleteFolderAsync(folder, cancellationToken);
            return;
        }

        await store.DeleteFolderAsync($"{folder}/_positions", cancellationToken);
        throw new IOException("The process died.");
    }
}
