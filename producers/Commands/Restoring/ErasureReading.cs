using Confluent.Kafka;
using Streaming.Commands.Deciding;
using Streaming.Commands.Records;
using Streaming.Contracts.Commands;
using Streaming.Serdes;

namespace Streaming.Commands.Restoring;

/// <summary>Reads which aggregates were purged. Without it their remains would look like damage.</summary>
internal sealed class ErasureReading<TState>(AggregateStates<TState> states, RecordFormat format)
{
    public void Take(ConsumeResult<byte[], byte[]> record)
    {
        if (record.Message.Value is null)
            throw CorruptLogException.At(record.TopicPartitionOffset, "it takes an erasure back, which nobody can");
        try
        {
            var erased = format.Decode(record.Message.Value) as AggregateErased
                ?? throw CorruptLogException.At(record.TopicPartitionOffset, "it is no erasure");
            states.RestoreErased(erased.AggregateId, erased.LastSequence);
        }
        catch (UndecodableRecordException cause)
        {
            throw CorruptLogException.At(record.TopicPartitionOffset, cause.Message, cause);
        }
    }
}
