using System.Collections.Concurrent;
using Streaming.Lake.Storage;

namespace Streaming.Lake.Tests.Support;

/// <summary>A store in memory that can be told to fail, or to lose an answer.</summary>
internal sealed class MemoryStore(TimeProvider time) : ITableStore
{
    private readonly ConcurrentDictionary<string, (byte[] Content, DateTimeOffset ModifiedAt)> _files = new();

    /// <summary>Called before each file is added, with its path: may throw, or add the file first.</summary>
    public Action<string> BeforeAdd { get; set; } = _ => { };

    /// <summary>True once: the next file is added, and its writer is told that it was there.</summary>
    public bool LosesNextAnswer { get; set; }

    public IEnumerable<string> Paths => _files.Keys;

    public Task<ReadOnlyMemory<byte>?> ReadAsync(string path, CancellationToken cancellationToken) =>
        Task.FromResult(_files.TryGetValue(path, out var file) ? (ReadOnlyMemory<byte>?)file.Content : null);

    public Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        _files[path] = (content.ToArray(), time.GetUtcNow());
        return Task.CompletedTask;
    }

    public Task<bool> TryAddAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        BeforeAdd(path);
        var isAdded = _files.TryAdd(path, (content.ToArray(), time.GetUtcNow()));
        if (!LosesNextAnswer)
            return Task.FromResult(isAdded);
        LosesNextAnswer = false;
        return Task.FromResult(false);
    }

    public Task<IReadOnlyList<StoredFile>> ListAsync(string folder, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<StoredFile>>(
        [.. _files.Where(file => file.Key.StartsWith(folder, StringComparison.Ordinal)).Select(file => new StoredFile(file.Key, file.Value.Content.Length, file.Value.ModifiedAt))]);

    public Task<IReadOnlyList<string>> ListFoldersAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([.. _files.Keys.Where(path => path.Contains('/')).Select(path => path[..path.IndexOf('/')]).Distinct()]);

    public Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        _files.TryRemove(path, out _);
        return Task.CompletedTask;
    }

    public Task DeleteFolderAsync(string folder, CancellationToken cancellationToken)
    {
        foreach (var path in _files.Keys.Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal)))
            _files.TryRemove(path, out _);
        return Task.CompletedTask;
    }
}
