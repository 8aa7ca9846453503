using Microsoft.Win32.SafeHandles;

namespace Streaming.Lake.Storage;

/// <summary>Tables in a folder of this machine, or of one that several machines share.</summary>
/// <remarks>A file is written beside its place under a name that no reader looks at, flushed to the disk, and then linked to its place:
/// linking fails where a file is, whoever made it (POSIX <c>link</c>), and after a crash there is the whole file or none.</remarks>
internal sealed class LocalStore(string root) : ITableStore
{
    private const string TemporarySuffix = ".part";

    public async Task<ReadOnlyMemory<byte>?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(FullPath(path), cancellationToken);
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var target = FullPath(path);
        var temporary = await WriteTemporaryAsync(target, content, cancellationToken);
        File.Move(temporary, target, overwrite: true);
        FolderSync.Flush(Path.GetDirectoryName(target)!);
    }

    public async Task<bool> TryAddAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var target = FullPath(path);
        if (File.Exists(target))
            return false;
        var temporary = await WriteTemporaryAsync(target, content, cancellationToken);
        var isOurs = ExclusiveName.TryGive(temporary, target);
        File.Delete(temporary);
        if (isOurs)
            FolderSync.Flush(Path.GetDirectoryName(target)!);
        return isOurs;
    }

    public Task<IReadOnlyList<StoredFile>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        var top = FullPath(folder);
        IReadOnlyList<StoredFile> files = !Directory.Exists(top) ? [] :
            [.. new DirectoryInfo(top).EnumerateFiles("*", SearchOption.AllDirectories).Select(Describe).OfType<StoredFile>()];
        return Task.FromResult(files);
    }

    public Task<IReadOnlyList<string>> ListFoldersAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = !Directory.Exists(root) ? [] :
            [.. new DirectoryInfo(root).EnumerateDirectories().Where(folder => folder.EnumerateFiles("*", SearchOption.AllDirectories).Any()).Select(folder => folder.Name)];
        return Task.FromResult(names);
    }

    public Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        if (File.Exists(FullPath(path)))
            File.Delete(FullPath(path));
        return Task.CompletedTask;
    }

    public Task DeleteFolderAsync(string folder, CancellationToken cancellationToken)
    {
        if (Directory.Exists(FullPath(folder)))
            Directory.Delete(FullPath(folder), recursive: true);
        return Task.CompletedTask;
    }

    private StoredFile? Describe(FileInfo file)
    {
        try
        {
            return new(Path.GetRelativePath(root, file.FullName).Replace('\\', '/'), file.Length, new DateTimeOffset(file.LastWriteTimeUtc));
        }
        catch (FileNotFoundException)
        {
            return null;    // Gone since the folder was read: a file on its way to its place, or an old one that was removed.
        }
    }

    // A path comes from a table's log, which others may have written: it must not lead out of the lake.
    private string FullPath(string path)
    {
        var full = Path.GetFullPath(Path.Combine(root, path));
        var top = Path.GetFullPath(root);
        return full == top || full.StartsWith(top.TrimEnd('/') + "/", StringComparison.Ordinal)
            ? full
            : throw new ArgumentException($"'{path}' leads out of {root}.", nameof(path));
    }

    private static async Task<string> WriteTemporaryAsync(string target, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}{TemporarySuffix}");
        using var file = Open(temporary);
        await RandomAccess.WriteAsync(file, content, fileOffset: 0, cancellationToken);
        RandomAccess.FlushToDisk(file);
        return temporary;
    }

    private static SafeFileHandle Open(string temporary)
    {
        try
        {
            return File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write);
        }
        // It is the file that is "not found" where somebody else makes the folder at this very moment.
        catch (IOException missing) when (missing is DirectoryNotFoundException or FileNotFoundException)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(temporary)!);
            return File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write);
        }
    }
}
