namespace Streaming.Broker.Log.Compaction;

/// <summary>Keeps work at a number of bytes per second, by waiting after each piece of it.</summary>
/// <param name="bytesPerSecondMax">0: no limit.</param>
internal sealed class IoPace(long bytesPerSecondMax, TimeProvider time)
{
    private const int PieceBytes = 1_024 * 1_024;
    private readonly long _start = time.GetTimestamp();
    private long _movedBytes;
    private int _pieceBytes;

    /// <summary>So many bytes were read or written.</summary>
    public ValueTask MovedAsync(int bytes, CancellationToken cancellationToken)
    {
        _pieceBytes += bytes;
        if (_pieceBytes < PieceBytes)
            return ValueTask.CompletedTask;
        _movedBytes += _pieceBytes;
        _pieceBytes = 0;
        cancellationToken.ThrowIfCancellationRequested();
        if (bytesPerSecondMax == 0)
            return ValueTask.CompletedTask;
        var early = TimeSpan.FromSeconds((double)_movedBytes / bytesPerSecondMax) - time.GetElapsedTime(_start);
        return early <= TimeSpan.Zero ? ValueTask.CompletedTask : new ValueTask(Task.Delay(early, time, cancellationToken));
    }
}
