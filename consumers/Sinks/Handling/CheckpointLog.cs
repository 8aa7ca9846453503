using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Streaming.Hosting.Kafka;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Reading;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Handling;

/// <summary>Checkpoints on a compacted topic, <c>{sink}.checkpoints</c>, under <c>{topic}-{partition}</c>, as JSON.</summary>
/// <remarks>
/// Each partition's are written by a producer of its own, in transactions: taking a partition over fences its predecessor. So a host that wakes late
/// cannot move a checkpoint, just as in a database.
/// </remarks>
internal sealed class CheckpointLog(KafkaOptions kafka, string topic, string group) : ICheckpointLog, IDisposable
{
    private readonly LogReader _log = new(ConsumerSettings.OutsideGroups(kafka, group));
    private readonly FencedProducers _producers = new(kafka, topic);

    public async Task<Checkpoint?> TakeAsync(SourcePartition source, CancellationToken cancellationToken)
    {
        var key = source.ToString();
        await _producers.TakeAsync(key, cancellationToken);
        var (records, _) = await _log.ReadAsync(new TopicPartition(topic, 0), fromOffset: 0, cancellationToken);
        var newest = records.LastOrDefault(record => record.Message.Key is { } bytes && Encoding.UTF8.GetString(bytes) == key);
        return newest is null ? null : JsonSerializer.Deserialize(newest.Message.Value, CheckpointJson.Default.Checkpoint);
    }

    public async Task WriteAsync(SourcePartition source, Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var key = source.ToString();
        var message = new Message<byte[]?, byte[]?> { Key = Encoding.UTF8.GetBytes(key), Value = JsonSerializer.SerializeToUtf8Bytes(checkpoint, CheckpointJson.Default.Checkpoint) };
        try
        {
            await _producers.WriteAsync(key, [(new TopicPartition(topic, 0), message)], cancellationToken);
        }
        catch (KafkaException)
        {
            // Fenced, or in the middle of something: taking the partition over again settles what became of it, by a new producer.
            throw new FencedException(source, checkpoint.Fence);
        }
    }

    public void Dispose()
    {
        _producers.Dispose();
        _log.Dispose();
    }
}
