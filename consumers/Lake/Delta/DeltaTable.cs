using Streaming.Lake.Storage;

namespace Streaming.Lake.Delta;

/// <summary>A table that is written to, by this process and by others.</summary>
/// <remarks>A commit is one file in the log, named by its version, and written only where there is none: who loses that race reads what the winner did
/// and decides anew. So a plan is always made for exactly the state that it is applied to.</remarks>
/// <param name="root">The table's folder within the store.</param>
internal sealed class DeltaTable(ITableStore store, string root, TimeProvider time, int checkpointEvery = 10) : IDisposable
{
    /// <summary>How long a file that does not belong to the table any more is kept for those who read an earlier version.</summary>
    public static readonly TimeSpan RemovedKeptDefault = TimeSpan.FromDays(7);

    private readonly DeltaLog _log = new(store, root + "/");
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private Snapshot? _snapshot;

    public string Root => root;

    public ITableStore Store => store;

    public TimeProvider Time => time;

    /// <summary>Why the newest checkpoint could not be written; null when it could. The next one is tried all the same: nothing depends on a single one.</summary>
    public Exception? CheckpointFailure { get; private set; }

    /// <summary>Looks at the table.</summary>
    /// <param name="look">Must not keep the snapshot: it goes on with the table.</param>
    /// <param name="isNewest">Reads on to the newest version first; otherwise what was last seen is good enough.</param>
    public async Task<T> LookAsync<T>(Func<Snapshot, T> look, bool isNewest, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            return look(_snapshot is { Exists: true } known && !isNewest ? known : await AdvanceAsync(cancellationToken));
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Does to the table what <paramref name="plan"/> says, all at once.</summary>
    /// <param name="plan">Called with the newest state, again after each lost race: decides what to do, throws to give up, or returns null when there is nothing to do.</param>
    /// <returns>Whether anything was committed.</returns>
    public async Task<bool> CommitAsync(string operation, Func<Snapshot, IReadOnlyList<DeltaAction>?> plan, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            // What is known may be old, but then the race is lost, and it is read anew.
            var snapshot = _snapshot ?? await AdvanceAsync(cancellationToken);
            while (true)
            {
                if (plan(snapshot) is not { } actions)
                    return false;
                if (await TryCommitAsync(snapshot, operation, actions, cancellationToken))
                    return true;
                snapshot = await AdvanceAsync(cancellationToken);
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private async Task<bool> TryCommitAsync(Snapshot snapshot, string operation, IReadOnlyList<DeltaAction> actions, CancellationToken cancellationToken)
    {
        var info = new CommitInfo(time.GetUtcNow().ToUnixTimeMilliseconds(), operation, Guid.NewGuid().ToString());
        var lines = ActionJson.Write([info, .. actions]);
        var path = $"{root}/{LogNames.Commit(snapshot.Version + 1)}";
        try
        {
            if (!await store.TryAddAsync(path, lines, cancellationToken) && !await IsOursAsync(path, lines, cancellationToken))
                return false;
        }
        catch
        {
            // It may be there or not: whoever comes next looks.
            _snapshot = null;
            throw;
        }

        snapshot.Apply(snapshot.Version + 1, actions);
        if (snapshot.Version > 0 && snapshot.Version % checkpointEvery == 0)
            await WriteCheckpointAsync(snapshot, cancellationToken);
        return true;
    }

    private async Task WriteCheckpointAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        try
        {
            // Whoever removes files looks at what is left of the list, too: kept twice as long as the files.
            snapshot.ForgetRemoved((time.GetUtcNow() - (2 * RemovedKeptDefault)).ToUnixTimeMilliseconds());
            await _log.WriteCheckpointAsync(snapshot, CheckpointActions(snapshot), cancellationToken);
            CheckpointFailure = null;
        }
        catch (Exception cause) when (!cancellationToken.IsCancellationRequested)
        {
            CheckpointFailure = cause;      // The commit stands: it must not look as if it had failed.
        }
    }

    /// <summary>A store whose answer was lost is asked again, and then refuses because of what the first try wrote.</summary>
    private async Task<bool> IsOursAsync(string path, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken) =>
        await store.ReadAsync(path, cancellationToken) is { } there && there.Span.SequenceEqual(lines.Span);

    private static List<DeltaAction> CheckpointActions(Snapshot snapshot) =>
        [snapshot.Protocol!, snapshot.Metadata!, .. snapshot.Transactions, .. snapshot.Files, .. snapshot.Removed];

    private async Task<Snapshot> AdvanceAsync(CancellationToken cancellationToken)
    {
        var snapshot = _snapshot;
        if (snapshot is null || !snapshot.Exists)
            snapshot = await _log.ReadAsync(version: null, cancellationToken);
        else
        {
            // Applying may fail half-way: then the table is read anew.
            _snapshot = null;
            while (await _log.TryAdvanceAsync(snapshot, cancellationToken))
            {
            }
        }
        return _snapshot = snapshot;
    }
}
