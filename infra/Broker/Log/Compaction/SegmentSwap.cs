using System.Globalization;

namespace Streaming.Broker.Log.Compaction;

/// <summary>Puts a cleaned segment in the place of those it was made of, so that a crash at any point leaves all of the old or all of the new.</summary>
/// <remarks>
/// The renaming of <c>N.log.cleaned</c> to <c>N-M.swap</c> decides: before it a start throws the cleaned files away, after it a start carries on. The name says
/// which segments are replaced: those that begin at N or later and before M. Then these go, the indexes take their names, and at last the swap takes the
/// name of segment N. Every step may be done again. What the next step relies on is on disk before it, names in the folder included.
/// </remarks>
internal sealed class SegmentSwap
{
    private const string Extension = ".swap";
    private readonly string _folder;
    private readonly long _from;
    private readonly long _until;

    private SegmentSwap(string folder, long from, long until) => (_folder, _from, _until) = (folder, from, until);

    private string SwapPath => Path.Combine(_folder, $"{_from:D20}-{_until:D20}{Extension}");

    /// <summary>The steps, to be taken in this order.</summary>
    /// <param name="from">Base offset of the first segment that is replaced, and of the cleaned one.</param>
    /// <param name="until">Base offset of the first segment that stays.</param>
    public static IEnumerable<Action> Steps(string folder, long from, long until)
    {
        var swap = new SegmentSwap(folder, from, until);
        var path = new LogPath(folder, from);
        return [() => swap.Move(path.Cleaned.Log, swap.SwapPath), .. swap.StepsOnceDecided()];
    }

    /// <summary>Ends what a crash interrupted, one way or the other. Before a log is opened.</summary>
    public static void Resume(string folder)
    {
        foreach (var decided in Directory.EnumerateFiles(folder, "*" + Extension).ToList())
        {
            var offsets = Path.GetFileNameWithoutExtension(decided).Split('-');
            var swap = new SegmentSwap(folder, long.Parse(offsets[0], CultureInfo.InvariantCulture), long.Parse(offsets[1], CultureInfo.InvariantCulture));
            foreach (var step in swap.StepsOnceDecided())
                step();
        }

        foreach (var undecided in Directory.EnumerateFiles(folder, "*" + LogPath.CleanedExtension).ToList())
            File.Delete(undecided);
    }

    private IEnumerable<Action> StepsOnceDecided()
    {
        var path = new LogPath(_folder, _from);
        foreach (var replaced in LogPath.Offsets(_folder, LogPath.LogExtension).Where(offset => offset > _from && offset < _until))
            yield return () => Delete(new LogPath(_folder, replaced));
        yield return () => MoveIfThere(path.Cleaned.TransactionIndex, path.TransactionIndex);
        yield return () => MoveIfThere(path.Cleaned.TimeIndex, path.TimeIndex);
        yield return () => MoveIfThere(path.Cleaned.Index, path.Index);
        yield return () => Move(SwapPath, path.Log);
    }

    private void Move(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        FolderSync.Flush(_folder);
    }

    private static void Delete(LogPath replaced)
    {
        foreach (var file in replaced.All)
            File.Delete(file);
    }

    private static void MoveIfThere(string from, string to)
    {
        if (File.Exists(from))
            File.Move(from, to, overwrite: true);
    }
}
