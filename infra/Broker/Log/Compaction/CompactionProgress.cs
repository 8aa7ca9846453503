using System.Globalization;
using System.Text;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Log.Compaction;

/// <summary>How far a log was compacted, kept in its folder; and who compacts it, one at a time.</summary>
/// <remarks>Without the file, or with one that cannot be read, the log counts as never compacted, which costs one pass over all of it.</remarks>
internal sealed class CompactionProgress : IAsyncDisposable
{
    private const string FileName = "compaction";
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly string _path;
    private volatile bool _isStopped;

    private CompactionProgress(string path, long compactedUpTo) => (_path, CompactedUpTo) = (path, compactedUpTo);

    /// <summary>The first offset that no pass has seen yet.</summary>
    public long CompactedUpTo { get; private set; }

    /// <summary>Base offset of a segment that could not be read; nothing from there on is compacted while this process lives.</summary>
    public long UnreadableFrom { get; set; } = long.MaxValue;

    /// <summary>Cancelled when the log is being closed or deleted.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public static CompactionProgress Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        var saved = File.Exists(path) ? File.ReadAllText(path).TrimEnd() : "";
        return new CompactionProgress(path, long.TryParse(saved, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : 0);
    }

    public void Save(long compactedUpTo)
    {
        AtomicFile.Write(_path, Encoding.ASCII.GetBytes($"{compactedUpTo}\n"), mayBeOld: true);
        CompactedUpTo = compactedUpTo;
    }

    /// <summary>Takes the turn to compact; null when the log is being closed, or somebody has it.</summary>
    public IDisposable? TryBegin()
    {
        if (_isStopped || !_turn.Wait(0))
            return null;
        return new Turn(_turn);
    }

    /// <summary>Swaps the files of a cleaned segment in, and opens it. When that fails half-way, the next start ends it; until then this log is left alone.</summary>
    public LogSegment Swap(string folder, long fromOffset, long untilOffset, Func<LogSegment> open)
    {
        try
        {
            foreach (var step in SegmentSwap.Steps(folder, fromOffset, untilOffset))
                step();
            return open();
        }
        catch (IOException)
        {
            UnreadableFrom = 0;
            throw;
        }
    }

    /// <summary>Asks whoever compacts to stop, and waits for it; nobody begins again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isStopped)
            return;
        _isStopped = true;
        await _stopping.CancelAsync();
        await _turn.WaitAsync();
        _stopping.Dispose();
        _turn.Dispose();
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
