using System.Text;
using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Commands.Deciding;
using Streaming.Commands.Records;
using Streaming.Commands.Writing;
using Streaming.Contracts.Commands;

namespace Streaming.Commands.Snapshots;

/// <summary>What goes to the snapshots topic, as records: states and checkpoints, each with the checksum of its value.</summary>
internal sealed class SnapshotRecords<TState>(StateFormat<TState> states, RecordFormat format, RecordHeaders headers)
{
    public Message<byte[], byte[]> Of(string aggregateId, Aggregate<TState> aggregate, DateTimeOffset takenAt) =>
        Message(Encoding.UTF8.GetBytes(aggregateId), states.Write(aggregate.State), aggregate.Version, takenAt);

    public Message<byte[], byte[]> Of(SnapshotCheckpoint checkpoint) =>
        Message(SnapshotKeys.CheckpointBytes, checkpoint, checkpoint.NextOffset, checkpoint.TakenAt);

    private Message<byte[], byte[]> Message(byte[] key, IAvroRecord record, long sequence, DateTimeOffset takenAt)
    {
        var value = format.Encode(record);
        return new()
        {
            Key = key,
            Value = value,
            Timestamp = new Timestamp(takenAt),
            Headers = headers.OfSnapshot(key, record.AvroSchema.FullName, takenAt, sequence, Crc32C.Of(value)),
        };
    }
}
