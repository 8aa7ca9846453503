using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Streaming.Hosting.Kafka;
using Streaming.Sinks.Reading;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Gateway;

/// <summary>Recordings on their topic: key <c>{sink}/{eventId}/{call}</c>, value JSON.</summary>
internal sealed class RecordingLog(KafkaOptions kafka, string topic, string group) : IRecordingLog, IDisposable
{
    private readonly LogReader _log = new(ConsumerSettings.OutsideGroups(kafka, group));
    // Made with the first recording: who only reads never registers as a producer.
    private readonly Lazy<IProducer<byte[]?, byte[]?>> _producer = new(() =>
        QuietClients.Producer(ConsumerSettings.Producer(kafka)));

    public async Task<(IReadOnlyList<(long Offset, string Key, Recording Recording)> Recordings, long NextOffset)> ReadAsync(
        int partition, long fromOffset, long toOffset, CancellationToken cancellationToken)
    {
        var (records, next) = await _log.ReadAsync(new TopicPartition(topic, partition), fromOffset, toOffset, cancellationToken);
        return ([.. records.Where(record => record.Message is { Key: not null, Value: not null }).Select(record => (
            record.Offset.Value, Encoding.UTF8.GetString(record.Message.Key!), JsonSerializer.Deserialize(record.Message.Value, RecordingJson.Default.Recording)!))], next);
    }

    public async Task<long> WriteAsync(int partition, string key, Recording recording, CancellationToken cancellationToken)
    {
        var message = new Message<byte[]?, byte[]?>
        {
            Key = Encoding.UTF8.GetBytes(key), Value = JsonSerializer.SerializeToUtf8Bytes(recording, RecordingJson.Default.Recording),
        };
        return (await _producer.Value.ProduceAsync(new TopicPartition(topic, partition), message, cancellationToken)).Offset;
    }

    public void Dispose()
    {
        if (_producer.IsValueCreated)
            _producer.Value.Dispose();
        _log.Dispose();
    }
}
