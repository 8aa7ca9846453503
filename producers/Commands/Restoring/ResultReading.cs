using Confluent.Kafka;
using Streaming.Commands.Duplicates;
using Streaming.Commands.Records;
using Streaming.Commands.Writing;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Serdes;

namespace Streaming.Commands.Restoring;

/// <summary>Reads what became of the latest commands, so that a repeated one is recognised.</summary>
/// <param name="isCut">There are earlier results that are young enough to be needed, but too many.</param>
internal sealed class ResultReading(ResultIndex index, RecordFormat format, bool isCut)
{
    private bool _isCut = isCut;

    public void Take(ConsumeResult<byte[], byte[]> record)
    {
        CommandResult? result;
        try
        {
            result = format.Decode(record.Message.Value) as CommandResult;
        }
        catch (UndecodableRecordException cause)
        {
            throw CorruptLogException.At(record.TopicPartitionOffset, cause.Message, cause);
        }

        if (result is null or CommandRefused { Code: "expired" })
            return;     // An expired command is not decided, so there is nothing to repeat.
        var commandMs = record.Message.Headers.TryGetLastBytes(HeaderNames.Time, out var header) && RecordHeaders.ReadTimeMs(header) is { } sent
            ? sent
            : record.Message.Timestamp.UnixTimestampMs;
        commandMs = Math.Min(commandMs, record.Message.Timestamp.UnixTimestampMs);
        if (_isCut)
        {
            index.ForgetUpTo(commandMs);
            _isCut = false;
        }

        index.Restore(new CommandKey(result.AggregateId, result.CommandId), record.Message.Value, commandMs);
    }
}
