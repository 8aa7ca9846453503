namespace Streaming.Lake.Storage;

/// <summary>Where tables lie: a folder, or a bucket. Paths are relative, with '/'.</summary>
/// <remarks>What was written is there for every reader from then on, and survives the end of this process. Nobody sees half a file.</remarks>
internal interface ITableStore
{
    /// <summary>The whole file; null when there is none.</summary>
    Task<ReadOnlyMemory<byte>?> ReadAsync(string path, CancellationToken cancellationToken);

    /// <summary>Writes the file, over one that is there.</summary>
    Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Writes the file where there is none: of all who try at the same time, one succeeds.</summary>
    /// <returns>False when there is one. After a broken connection that may be one's own: look at the content.</returns>
    Task<bool> TryAddAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Every file below a folder, however deep, in no particular order.</summary>
    Task<IReadOnlyList<StoredFile>> ListAsync(string folder, CancellationToken cancellationToken);

    /// <summary>Names of the folders directly below the root that hold files.</summary>
    Task<IReadOnlyList<string>> ListFoldersAsync(CancellationToken cancellationToken);

    /// <summary>Removes the file. One that is not there is no error.</summary>
    Task DeleteAsync(string path, CancellationToken cancellationToken);

    /// <summary>Removes every file below a folder, however deep. What is written there meanwhile may stay.</summary>
    Task DeleteFolderAsync(string folder, CancellationToken cancellationToken);
}

/// <param name="Path">From the store's root.</param>
internal sealed record StoredFile(string Path, long SizeBytes, DateTimeOffset ModifiedAt);
