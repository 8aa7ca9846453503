namespace Streaming.Sinks.Gateway;

/// <summary>The recordings of one sink for the events of one partition, for as long as one host has that.</summary>
/// <remarks>In memory is where each lies, and a window of those around the one asked for last: a replay asks in about the order in which they were made.</remarks>
internal sealed class PartitionRecordings(IRecordingLog log, string sink, int partition) : IDisposable
{
    private const int WindowSize = 500;

    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly Dictionary<string, long> _offsets = [];
    private readonly Dictionary<string, Recording> _window = [];
    private bool _isRead;

    /// <summary>The newest recording of a call; null when there is none.</summary>
    /// <param name="call">The event's id and the call's own key.</param>
    public async Task<Recording?> FindAsync(string call, CancellationToken cancellationToken)
    {
        var key = Key(call);
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (!_isRead)
                await ReadAllAsync(cancellationToken);
            if (!_offsets.TryGetValue(key, out var offset))
                return null;
            if (!_window.ContainsKey(key))
                await MoveWindowAsync(offset, cancellationToken);
            return _window.GetValueOrDefault(key);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public async Task WriteAsync(string call, Recording recording, CancellationToken cancellationToken)
    {
        var key = Key(call);
        var offset = await log.WriteAsync(partition, key, recording, cancellationToken);
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            _offsets[key] = offset;
            _window[key] = recording;
            if (_window.Count > 2 * WindowSize)
                _window.Clear();   // Each is found on the topic again.
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private string Key(string call) => $"{sink}/{call}";

    private async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        for (var next = 0L; ;)
        {
            (var recordings, var read) = await log.ReadAsync(partition, next, next + WindowSize, cancellationToken);
            foreach (var (offset, key, _) in recordings.Where(recording => recording.Key.StartsWith(sink + "/", StringComparison.Ordinal)))
                _offsets[key] = offset;
            if (read == next)
                break;
            next = read;
        }

        _isRead = true;
    }

    private async Task MoveWindowAsync(long offset, CancellationToken cancellationToken)
    {
        _window.Clear();
        var (recordings, _) = await log.ReadAsync(partition, offset, offset + WindowSize, cancellationToken);
        foreach (var (at, key, recording) in recordings)
        {
            if (_offsets.TryGetValue(key, out var newest) && newest == at)
                _window[key] = recording;
        }
    }
}
