using System.Buffers.Binary;
using Streaming.Search.Failures;

namespace Streaming.Search.Store;

/// <summary>Small files that are replaced as a whole: after a crash there is the old one or the new one, never a part. A checksum stands before the content.</summary>
internal static class DurableFile
{
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".new";
        using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            var bytes = new byte[sizeof(uint) + content.Length];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, Checksum.Of(content));
            content.CopyTo(bytes.AsSpan(sizeof(uint)));
            RandomAccess.Write(file, bytes, 0);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(temporary, path, overwrite: true);
        FolderSync.Flush(Path.GetDirectoryName(path)!);
    }

    /// <exception cref="DamagedFileException">The checksum is wrong.</exception>
    public static byte[] Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        return bytes.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Checksum.Of(bytes.AsSpan(sizeof(uint)))
            ? bytes[sizeof(uint)..]
            : throw new DamagedFileException(path, "its checksum is wrong");
    }

    public static void FlushToDisk(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.FlushToDisk(file);
    }
}
