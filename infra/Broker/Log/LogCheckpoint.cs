using System.Globalization;
using System.Text;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Log;

/// <summary>What a partition's folder says beside its records.</summary>
/// <param name="LogStartOffset">First offset that may be read.</param>
/// <param name="RecoveryPoint">Everything below was forced to disk and need not be checked after a crash.</param>
/// <param name="CleanEndOffset">Where the log ended when it was closed properly; -1 while it is open.</param>
internal sealed record LogCheckpoint(long LogStartOffset, long RecoveryPoint, long CleanEndOffset)
{
    private const string FileName = "checkpoint";

    public static LogCheckpoint Initial { get; } = new(0, 0, -1);

    /// <summary>The folder's checkpoint; the initial one when there is none or it cannot be read, which costs a full check and nothing else.</summary>
    public static LogCheckpoint Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return Initial;
        var numbers = File.ReadAllText(path).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => long.TryParse(line[(line.IndexOf('=') + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : -2)
            .ToArray();
        return numbers is [>= 0 and var start, >= 0 and var recovery, >= -1 and var clean] ? new LogCheckpoint(start, recovery, clean) : Initial;
    }

    public void Save(string folder) => AtomicFile.Write(
        Path.Combine(folder, FileName),
        Encoding.ASCII.GetBytes($"log-start-offset={LogStartOffset}\nrecovery-point={RecoveryPoint}\nclean-end-offset={CleanEndOffset}\n"));
}
