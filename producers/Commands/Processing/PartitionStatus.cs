namespace Streaming.Commands.Processing;

/// <summary>How a partition is doing, as its thread says and health checks read.</summary>
internal sealed class PartitionStatus(TimeProvider time)
{
    private long _progressAt = time.GetTimestamp();
    private volatile string? _trouble;
    private volatile bool _isDeciding;

    /// <summary>Restored, and taking commands.</summary>
    public bool IsDeciding => _isDeciding;

    /// <summary>Why nothing is decided; null when all is well.</summary>
    public string? Trouble => _trouble;

    /// <summary>How long ago something was decided, or there was nothing to decide.</summary>
    public TimeSpan SinceProgress => time.GetElapsedTime(Interlocked.Read(ref _progressAt));

    public void Restoring() => _isDeciding = false;

    public void Restored() => (_isDeciding, _trouble) = (true, null);

    public void Progressed()
    {
        Interlocked.Exchange(ref _progressAt, time.GetTimestamp());
        _trouble = null;
    }

    public void Waits(string reason) => _trouble = reason;

    public void Failed(string reason) => (_isDeciding, _trouble) = (false, reason);
}
