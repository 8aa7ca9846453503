using System.Diagnostics;

namespace Streaming.Fixtures;

/// <summary>A folder that is a file system of its own, in memory and of a fixed size, for the processes that enter it: a real full disk.</summary>
/// <remarks>A mount in a namespace of its own, which Linux gives to everybody unless it is told not to; it lasts as long as the process that holds it.</remarks>
public sealed class SmallDisk : IDisposable
{
    private readonly Process _holder;

    private SmallDisk(Process holder) => _holder = holder;

    /// <summary>What goes before a command that is to see the disk.</summary>
    public IReadOnlyList<string> Entry => ["nsenter", "-t", $"{_holder.Id}", "-U", "-m", "--preserve-credentials"];

    /// <summary>Null where namespaces are not given.</summary>
    /// <param name="folder">Exists; what is in it is hidden from those who enter.</param>
    public static async Task<SmallDisk?> TryMountAsync(string folder, int megabytes)
    {
        const string Script = "mount -t tmpfs -o size=$1m none \"$2\" && echo mounted && exec sleep infinity";
        try
        {
            var holder = Process.Start(new ProcessStartInfo("unshare", ["-rm", "bash", "-c", Script, "bash", $"{megabytes}", folder])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
            if (await holder.StandardOutput.ReadLineAsync() == "mounted")
                return new SmallDisk(holder);
            holder.Dispose();
            return null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;    // No such program.
        }
    }

    public void Dispose()
    {
        _holder.Kill();
        _holder.WaitForExit();
        _holder.Dispose();
    }
}

/// <summary>The tests need a <see cref="SmallDisk"/>.</summary>
public sealed class NeedsSmallDiskAttribute : RequirementAttribute
{
    private static readonly Lazy<bool> Can = new(() =>
    {
        using var folder = new TempFolder("disk");
        using var disk = SmallDisk.TryMountAsync(folder.Path, megabytes: 1).GetAwaiter().GetResult();
        if (disk is null)
            Console.WriteLine("absent: no mounts in namespaces here (unshare -rm); tests of a full disk are left out.");
        return disk is not null;
    });

    public override bool IsMet => Can.Value;
}
