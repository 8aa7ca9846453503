using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Broker.Log;
using Streaming.Broker.Log.Compaction;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Log.Compaction;

/// <summary>A log of small segments in a folder of its own, with a clock that the test moves, to be compacted when the test says so.</summary>
internal sealed class CompactedLog : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<TempFolder> _copies = [];
    private readonly List<PartitionLog> _opened = [];
    private readonly ILogger _logger;

    public CompactedLog(LogSettings? settings = null, ILogger? logger = null)
    {
        Settings = (settings ?? Small) with { IsCompacted = true, IndexIntervalBytes = 100 };
        _logger = logger ?? NullLogger.Instance;
        Log = Open(_folder.Path);
    }

    public static LogSettings Small { get; } = new() { SegmentBytes = 700, IsDeleted = false, DeferredBytesMin = 150, PieceBytes = 120 };

    public LogSettings Settings { get; }

    public ManualTime Time { get; } = new();

    public CompactionOptions Options { get; } = new() { BytesPerSecondMax = 0 };

    public PartitionLog Log { get; private set; }

    public string Folder => _folder.Path;

    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public void Append(params (string Key, string? Value)[] records) =>
        Log.Append(Some.Keyed(records, timestampMs: NowMs)).Error.ShouldBe(ErrorCode.None);

    /// <summary>Closes the active segment by filling it, so that everything before is compactable.</summary>
    public void Roll()
    {
        var active = Log.ViewForCompaction().Segments[^1].BaseOffset;
        while (Log.ViewForCompaction().Segments[^1].BaseOffset == active)
            Append(("filler", "x"));
    }

    public Task CompactAsync(PartitionLog? log = null) =>
        new LogCompaction(log ?? Log, Options, Time, _logger).RunAsync(TestContext.Current.CancellationToken);

    /// <summary>Closes and opens the log.</summary>
    public async Task RestartAsync()
    {
        await Log.CloseAsync();
        Log = Open(_folder.Path);
    }

    /// <summary>What a kill at this moment would leave, opened. Without snapshots: everything is read from the records.</summary>
    public async Task<PartitionLog> KilledAsync(bool withSnapshots = true) => Open((await CopyAsync(withSnapshots)).Path);

    public async Task<TempFolder> CopyAsync(bool withSnapshots = true)
    {
        await Log.Flushed;
        var copy = new TempFolder();
        _copies.Add(copy);
        foreach (var file in Directory.GetFiles(_folder.Path).Where(file => withSnapshots || !file.EndsWith(".snapshot", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(copy.Path, Path.GetFileName(file)));
        if (!withSnapshots)
            File.Delete(Path.Combine(copy.Path, "checkpoint"));
        return copy;
    }

    public PartitionLog Open(string folder)
    {
        _opened.Add(PartitionLog.Open(Some.Partition, folder, Settings, Time, _logger));
        return _opened[^1];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var log in _opened)
            await log.Flushed;
        _folder.Dispose();
        foreach (var copy in _copies)
            copy.Dispose();
    }
}
