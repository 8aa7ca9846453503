using System.Runtime.InteropServices;

namespace Streaming.Lake.Storage;

/// <summary>Gives a file a name that only one can have.</summary>
/// <remarks><see cref="File.Move(string, string, bool)"/> looks first and renames then, on Unix: of two who move at once, both succeed, and the later
/// one's file takes the other's place. <c>link</c> alone decides and names in one step (POSIX).</remarks>
internal static partial class ExclusiveName
{
    private const int Exists = 17;      // EEXIST, on Linux and macOS alike.

    /// <summary>False when the name is taken, by whomever. The file keeps the name that it has, too.</summary>
    /// <exception cref="IOException">The file system has no links, or something else is wrong with it.</exception>
    public static bool TryGive(string file, string name)
    {
        if (OperatingSystem.IsWindows())
            return TryCopyName(file, name);
        if (Link(file, name) == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        return error == Exists ? false : throw new IOException($"{name} cannot be linked (errno {error}): a lake needs a file system with links.");
    }

    // NTFS renames only where nothing is, in one step; what is moved is a copy, so that the caller's file stays.
    private static bool TryCopyName(string file, string name)
    {
        var copy = file + ".name";
        File.Copy(file, copy);
        try
        {
            File.Move(copy, name, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(name))
        {
            File.Delete(copy);
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string file, string name);
}
