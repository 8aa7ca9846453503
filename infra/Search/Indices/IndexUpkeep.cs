using Microsoft.Extensions.Logging;
using Streaming.Search.Failures;
using Streaming.Search.Segments;
using Streaming.Search.Store;

namespace Streaming.Search.Indices;

/// <summary>What an index does besides answering: refreshes (searches see what was written), merges, commits.</summary>
/// <remarks>Refreshes, commits and the ends of merges come one after another; a merge's work goes on beside them.</remarks>
internal sealed class IndexUpkeep : IAsyncDisposable
{
    // A merge that cannot keep up would leave ever more segments for every search to visit.
    private const int SegmentsMax = 64;
    private static readonly TimeSpan CommitEvery = TimeSpan.FromMinutes(5);

    private readonly string _folder;
    private readonly string _name;
    private readonly DocumentSpace _space;
    private readonly Translog _translog;
    private readonly SearchServerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly SemaphoreSlim _mergeDue = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _refreshing;
    private readonly Task _merging;
    // Merged away, and named by the last commit. Only in turn.
    private readonly List<string> _retired = [];
    private Searcher _published;
    private long _nextSegment;
    private long _committedAt;
    private volatile Exception? _broken;
    private bool _isClosed;

    public IndexUpkeep(string folder, IndexDescription description, Recovered recovered, SearchServerOptions options, TimeProvider time, ILogger logger)
    {
        (_folder, _name, _space, _translog) = (folder, description.Name, recovered.Space, recovered.Translog);
        (_options, _time, _logger, _nextSegment) = (options, time, logger, recovered.NextSegment);
        _committedAt = time.GetTimestamp();
        Refresh();
        _published ??= new Searcher(_space.Segments);
        _refreshing = Task.Run(() => RefreshLoopAsync(RefreshInterval.Parse(description.RefreshInterval)));
        _merging = Task.Run(MergeLoopAsync);
    }

    public int SegmentCount
    {
        get
        {
            lock (_space.Gate)
                return _space.Segments.Count;
        }
    }

    /// <summary>The index as of the last refresh; to be disposed of.</summary>
    public Searcher Acquire()
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            var searcher = Volatile.Read(ref _published);
            if (searcher.TryHold())
                return searcher;
        }
    }

    public void ThrowIfBroken()
    {
        if (_broken is { } cause)
            throw SearchFailure.Broken(_name, cause);
        ObjectDisposedException.ThrowIf(_isClosed, this);
    }

    /// <summary>Makes everything written so far visible to searches.</summary>
    public Task RefreshAsync() => InTurnAsync(Refresh);

    /// <summary>Called between writes: keeps what is in memory, and the number of segments, within bounds.</summary>
    public async Task MakeRoomAsync()
    {
        if (_space.Building.SourceBytes >= _options.BufferBytesMax)
            await InTurnAsync(() => RefreshIf(_space.Building.SourceBytes >= _options.BufferBytesMax));
        if (_translog.FileBytes >= _options.TranslogBytesMax)
            await CommitAsync(() => _translog.FileBytes >= _options.TranslogBytesMax);
        while (SegmentCount > SegmentsMax && _broken is null && !_stopping.IsCancellationRequested)
            await Task.Delay(TimeSpan.FromMilliseconds(20), _time, CancellationToken.None);
    }

    /// <summary>Segments and what is live in them reach the disk, and the translog begins anew.</summary>
    public async Task CommitAsync(Func<bool>? isStillDue = null)
    {
        await _turn.WaitAsync();
        try
        {
            if (isStillDue?.Invoke() != false)
                await CommitInTurnAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_isClosed)
            return;
        await _stopping.CancelAsync();
        _mergeDue.Release();
        await Task.WhenAll(_refreshing, _merging);
        await _turn.WaitAsync();
        try
        {
            if (_broken is null)
                await CommitInTurnAsync();
        }
        catch (IOException cause)
        {
            _logger.UpkeepFailed(cause, _name);
        }

        _isClosed = true;
        _published.Dispose();
        _space.Segments.ForEach(live => live.Segment.Dispose());
        _translog.Dispose();
        _stopping.Dispose();
        _turn.Dispose();
        _mergeDue.Dispose();
    }

    private async Task InTurnAsync(Action act)
    {
        await _turn.WaitAsync();
        try
        {
            ThrowIfBroken();
            act();
        }
        finally
        {
            _turn.Release();
        }
    }

    private void RefreshIf(bool isDue)
    {
        if (isDue)
            Refresh();
    }

    private void Refresh()
    {
        (SegmentBuilder Frozen, ulong[] Published)? begun;
        lock (_space.Gate)
            begun = _space.Freeze();
        if (begun is { } refresh)
            Finish(refresh.Frozen, refresh.Published);
    }

    private void Finish(SegmentBuilder frozen, ulong[] published)
    {
        try
        {
            var path = NextPath();
            BuilderWriter.Write(frozen, path);
            var segment = Segment.Open(path, verify: false);
            lock (_space.Gate)
            {
                _space.Thaw(segment, published);
                Publish();
            }

            _mergeDue.Release();
        }
        catch (Exception cause)
        {
            // What was frozen can still be read by id, and is in the translog; searches and writes would go apart.
            _broken = cause;
            _logger.UpkeepFailed(cause, _name);
            throw;
        }
    }

    private void Publish()
    {
        var before = _published;
        Volatile.Write(ref _published, new Searcher(_space.Segments));
        before?.Dispose();
    }

    private async Task CommitInTurnAsync()
    {
        (SegmentBuilder Frozen, ulong[] Published)? begun;
        long generation, sequence;
        using (await _translog.HoldSyncsAsync())
        {
            lock (_space.Gate)
            {
                begun = _space.Freeze();
                sequence = _space.NextSequence;
                _translog.Roll();
                generation = _translog.Generation;
            }
        }

        if (begun is { } refresh)
            Finish(refresh.Frozen, refresh.Published);
        // Merges end in turn, too: these are the segments of the moment of the roll, with what was live then.
        var segments = _space.Segments.ToList();
        foreach (var live in segments.Where(live => !live.IsOnDisk))
        {
            DurableFile.FlushToDisk(live.Segment.Path);
            live.IsOnDisk = true;
        }

        FolderSync.Flush(_folder);   // Before the commit that names them.

        new Commit(generation, _nextSegment, sequence, [.. segments.Select(Committed)]).Write(_folder);
        RemoveOld(generation);
        _committedAt = _time.GetTimestamp();
    }

    private static CommittedSegment Committed(LiveSegment live)
    {
        var name = Path.GetFileName(live.Segment.Path);
        if (Bits.Count(live.Published) == live.Segment.DocumentCount)
            return new CommittedSegment(name, null);
        var bytes = new byte[live.Published.Length * sizeof(ulong)];
        Buffer.BlockCopy(live.Published, 0, bytes, 0, bytes.Length);
        return new CommittedSegment(name, bytes);
    }

    // Whoever still reads such a file goes on: on Linux it is there until it is closed.
    private void RemoveOld(long generation)
    {
        // Not whatever lies there: a merge may be writing the next one.
        _retired.ForEach(File.Delete);
        _retired.Clear();
        for (var old = generation - 1; old > 0 && File.Exists(Translog.PathOf(_folder, old)); old--)
            File.Delete(Translog.PathOf(_folder, old));
    }

    private async Task RefreshLoopAsync(TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval == Timeout.InfiniteTimeSpan ? CommitEvery : interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                if (interval != Timeout.InfiniteTimeSpan)
                    await RefreshAsync();
                if (_translog.FileBytes > 0 && _time.GetElapsedTime(_committedAt) > CommitEvery)
                    await CommitAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The index closes.
        }
        catch (Exception cause)
        {
            _broken ??= cause;
            _logger.UpkeepFailed(cause, _name);
        }
    }

    private async Task MergeLoopAsync()
    {
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                await _mergeDue.WaitAsync(_stopping.Token);
                while (!_stopping.IsCancellationRequested && await MergeOnceAsync())
                {
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The index closes.
        }
        catch (Exception cause)
        {
            _broken ??= cause;
            _logger.UpkeepFailed(cause, _name);
        }
    }

    /// <summary>Merges what the policy chooses; false when that is nothing.</summary>
    private async Task<bool> MergeOnceAsync()
    {
        List<LiveSegment> chosen;
        List<MergeSource> sources;
        lock (_space.Gate)
        {
            chosen = MergePolicy.Choose(_space.Segments);
            // What was replaced since the last refresh is still what searches find: it goes along.
            sources = [.. chosen.Select(live => new MergeSource(live.Segment, live.Published))];
            chosen.ForEach(live => live.IsMerging = true);
        }

        if (chosen.Count == 0)
            return false;
        var path = NextPath();
        SegmentMerge.Write(sources, path);
        await InTurnAsync(() => Replace(chosen, sources, path));
        return true;
    }

    private void Replace(List<LiveSegment> merged, List<MergeSource> sources, string path)
    {
        var segment = Segment.Open(path, verify: false);
        lock (_space.Gate)
        {
            var (working, published) = (Bits.None(segment.DocumentCount), Bits.None(segment.DocumentCount));
            for (var i = 0; i < merged.Count; i++)
            {
                Renumber(merged[i].Working, sources[i].Numbers, working);
                Renumber(merged[i].Published, sources[i].Numbers, published);
            }

            if (segment.DocumentCount > 0)
                _space.Segments[_space.Segments.IndexOf(merged[0])] = new LiveSegment(segment, working, published);
            _space.Segments.RemoveAll(merged.Contains);
            Publish();
        }

        if (segment.DocumentCount == 0)
        {
            // Everything in them had been replaced.
            segment.Obsolete();
            segment.Dispose();
        }

        foreach (var live in merged)
        {
            // The last commit may name it: then the next one removes it.
            if (live.IsOnDisk)
                _retired.Add(live.Segment.Path);
            else
                live.Segment.Obsolete();
            live.Segment.Dispose();
        }
    }

    private static void Renumber(ulong[] live, int[] numbers, ulong[] into)
    {
        foreach (var document in Bits.Walk(live))
        {
            if (numbers[document] >= 0)
                Bits.Add(into, numbers[document]);
        }
    }

    private string NextPath() => Path.Combine(_folder, $"segment-{Interlocked.Increment(ref _nextSegment) - 1:D10}");
}
