namespace Streaming.Sinks.Gateway;

/// <summary>The topic of recordings: partition p holds those of events from partition p of any topic.</summary>
internal interface IRecordingLog
{
    /// <summary>Recordings from an offset up to another, with their offsets; and where to read on: the first offset itself at the end.</summary>
    Task<(IReadOnlyList<(long Offset, string Key, Recording Recording)> Recordings, long NextOffset)> ReadAsync(
        int partition, long fromOffset, long toOffset, CancellationToken cancellationToken);

    /// <summary>Returns where it lies, once the cluster holds it safely.</summary>
    Task<long> WriteAsync(int partition, string key, Recording recording, CancellationToken cancellationToken);
}
