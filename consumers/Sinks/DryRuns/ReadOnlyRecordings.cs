using Confluent.Kafka;
using Streaming.Sinks.Gateway;

namespace Streaming.Sinks.DryRuns;

/// <summary>The recordings there are, for who must not add any. On a cluster where nothing was recorded yet there is no topic, and none is made.</summary>
internal sealed class ReadOnlyRecordings(IRecordingLog recordings) : IRecordingLog, IDisposable
{
    public async Task<(IReadOnlyList<(long Offset, string Key, Recording Recording)> Recordings, long NextOffset)> ReadAsync(
        int partition, long fromOffset, long toOffset, CancellationToken cancellationToken)
    {
        try
        {
            return await recordings.ReadAsync(partition, fromOffset, toOffset, cancellationToken);
        }
        catch (KafkaException cause) when (cause.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition)
        {
            return ([], fromOffset);
        }
    }

    public Task<long> WriteAsync(int partition, string key, Recording recording, CancellationToken cancellationToken) =>
        throw new InvalidOperationException($"{key} is to be recorded in a dry run, which writes nothing.");

    public void Dispose() => (recordings as IDisposable)?.Dispose();
}
