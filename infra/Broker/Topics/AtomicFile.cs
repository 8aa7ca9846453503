namespace Streaming.Broker.Topics;

/// <summary>Files that are replaced whole: a reader finds the old content or the new one, also after a crash. On return it is the new one, also after a power cut,
/// unless the old one does as well.</summary>
internal static class AtomicFile
{
    /// <param name="mayBeOld">Whether a power cut may bring the old one back: its folder is not brought to the disk, which costs as much as the file.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, bool mayBeOld = false)
    {
        var temporary = path + ".tmp";
        using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, content, fileOffset: 0);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(temporary, path, overwrite: true);
        if (!mayBeOld)
            FolderSync.Flush(Path.GetDirectoryName(path)!);
    }
}
