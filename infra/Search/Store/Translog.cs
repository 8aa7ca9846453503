using Microsoft.Win32.SafeHandles;
using Streaming.Search.Segments;

namespace Streaming.Search.Store;

/// <summary>Every change since the last commit, on disk before it is answered. Requests that wait at the same time share one sync.</summary>
/// <remarks>Appended to under the index's lock; a roll begins the next file, from which a restart replays once the commit stands.</remarks>
internal sealed class Translog : IDisposable
{
    private readonly string _folder;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _syncing = new(1);
    private Growing<byte> _pending = new(64 * 1_024);
    private Growing<byte> _writing = new(64 * 1_024);
    private SafeFileHandle _file;
    private long _fileBytes;
    private long _appended;
    private long _synced;
    private Exception? _failure;

    private Translog(string folder, long generation, SafeFileHandle file, long fileBytes) =>
        (_folder, Generation, _file, _fileBytes) = (folder, generation, file, fileBytes);

    public long Generation { get; private set; }

    /// <summary>What a restart would replay of the present file.</summary>
    public long FileBytes
    {
        get
        {
            lock (_gate)
                return _fileBytes + _pending.Count;
        }
    }

    public static string PathOf(string folder, long generation) => Path.Combine(folder, $"translog-{generation:D10}");

    /// <param name="keptBytes">Where the whole operations end; what follows is cut.</param>
    public static Translog Open(string folder, long generation, long keptBytes)
    {
        var file = File.OpenHandle(PathOf(folder, generation), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        RandomAccess.SetLength(file, keptBytes);
        FolderSync.Flush(folder);
        return new Translog(folder, generation, file, keptBytes);
    }

    /// <returns>What to wait for in <see cref="SyncAsync"/>.</returns>
    public long Append(in Operation operation)
    {
        lock (_gate)
        {
            if (_failure is not null)
                throw new IOException($"the translog could not be written: {_failure.Message}", _failure);
            var before = _pending.Count;
            operation.Append(_pending);
            return _appended += _pending.Count - before;
        }
    }

    /// <summary>Returns when everything up to the position is on disk.</summary>
    public async Task SyncAsync(long position)
    {
        while (Volatile.Read(ref _synced) < position)
        {
            await _syncing.WaitAsync();
            try
            {
                if (Volatile.Read(ref _synced) < position)
                    SyncPending();
            }
            finally
            {
                _syncing.Release();
            }
        }
    }

    /// <summary>Nobody syncs until this is disposed of.</summary>
    public async Task<IDisposable> HoldSyncsAsync()
    {
        await _syncing.WaitAsync();
        return new Held(_syncing);
    }

    /// <summary>Begins the next file. What was appended before is in the old one, on disk. Only while syncs are held.</summary>
    public void Roll()
    {
        SyncPending();
        lock (_gate)
        {
            var next = File.OpenHandle(PathOf(_folder, Generation + 1), FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
            FolderSync.Flush(_folder);   // Or what is synced into it would be in no folder after a crash.
            _file.Dispose();
            (_file, _fileBytes) = (next, 0);
            Generation++;
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _syncing.Dispose();
    }

    private void SyncPending()
    {
        long end;
        lock (_gate)
        {
            if (_failure is not null)
                throw new IOException($"the translog could not be written: {_failure.Message}", _failure);
            (_pending, _writing) = (_writing, _pending);
            end = _appended;
        }

        try
        {
            if (_writing.Count > 0)
            {
                RandomAccess.Write(_file, _writing.Items, _fileBytes);
                RandomAccess.FlushToDisk(_file);
            }
        }
        catch (Exception cause)
        {
            // Whether anything reached the disk is unknown, and a second sync would not tell (its pages count as clean then).
            lock (_gate)
                _failure = cause;
            throw;
        }

        lock (_gate)
            _fileBytes += _writing.Count;
        _writing.Clear();
        if (_writing.RoomBytes > 8 << 20)
            _writing = new Growing<byte>(64 * 1_024);
        Volatile.Write(ref _synced, end);
    }

    private sealed class Held(SemaphoreSlim syncing) : IDisposable
    {
        public void Dispose() => syncing.Release();
    }
}
