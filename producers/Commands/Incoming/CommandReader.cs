using System.Globalization;
using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Commands.Records;
using Streaming.Commands.Snapshots;
using Streaming.Contracts.Commands;
using Streaming.Commands.Writing;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Topics;
using Streaming.Domain;
using Streaming.Serdes;

namespace Streaming.Commands.Incoming;

/// <summary>Reads a record of the commands topic: where it belongs, who must be answered, what is asked.</summary>
internal sealed class CommandReader<TCommand>(int partitionCount, Func<TCommand, string> aggregateIdOf, RecordFormat format)
    where TCommand : class
{
    /// <exception cref="Serdes.Registry.RegistryUnavailableException">The value's schema is not known yet, and the registry cannot be asked.</exception>
    public IncomingRecord Read(ConsumeResult<byte[], byte[]> record)
    {
        var message = record.Message;
        if (message.Key is not { Length: > 0 })
            return new Unanswerable(record, "it has no key, so nobody knows its aggregate");

        var envelope = CommandEnvelope.Read(message.Headers);
        var commandId = envelope.Id is null ? null : CommandEnvelope.Text(envelope.Id);
        if (!CommandId.IsValid(commandId))
            return new Unanswerable(record, $"it has no usable {HeaderNames.Id} header, so nobody would find its result");

        var partition = Murmur2.Partition(message.Key, partitionCount);
        if (partition != record.Partition.Value)
            return new Misplaced(record, partition);

        var aggregateId = CommandEnvelope.Text(message.Key);
        var (asked, recordName, wrong) = Decode(aggregateId, message.Value);
        if (!TryExpectedVersion(envelope.ExpectedVersion, out var expectedVersion))
            wrong ??= $"the header {HeaderNames.ExpectedVersion} is no version: give a whole number from 0";
        return new Asked<TCommand>(
            record, envelope, aggregateId, commandId, asked as TCommand, asked as EraseAggregate, RecordedAt(record, envelope), expectedVersion,
            Hash(recordName, envelope, message.Value),
            wrong is null ? null : new Refusal("malformed", $"The command cannot be read: {wrong.TrimEnd('.')}."));
    }

    // What is passed on is recorded anew. It must not look younger for that: a repeat of it may have been forgotten meanwhile.
    private static DateTimeOffset RecordedAt(ConsumeResult<byte[], byte[]> record, CommandEnvelope envelope)
    {
        var recordedMs = record.Message.Timestamp.UnixTimestampMs;
        if (envelope.RecordedTime is { } first && RecordHeaders.ReadTimeMs(first) is { } firstMs)
            recordedMs = Math.Min(recordedMs, firstMs);
        return DateTimeOffset.FromUnixTimeMilliseconds(recordedMs);
    }

    private (IAvroRecord? Asked, string? RecordName, string? Wrong) Decode(string aggregateId, byte[]? value)
    {
        if (aggregateId == SnapshotKeys.Checkpoint)
            return (null, null, $"no aggregate can have the id {aggregateId}, which stands for something else among the snapshots: take another one");
        if (value is null)
            return (null, null, "it has no value");
        try
        {
            // The caller made its hash of what it wrote, whatever that has become since.
            var record = format.Decode(value, out var name);
            var isFor = record switch
            {
                TCommand command => aggregateIdOf(command),
                EraseAggregate erase => erase.AggregateId,
                _ => null,
            };
            if (isFor is null)
                return (null, name, $"{name} is no command of this topic");
            return isFor == aggregateId
                ? (record, name, null)
                : (null, name, $"it is for {isFor}, but its key is {aggregateId}: give both the same");
        }
        catch (UndecodableRecordException cause)
        {
            return (null, null, cause.Message);
        }
    }

    private static bool TryExpectedVersion(byte[]? header, out long? version)
    {
        version = null;
        if (header is null)
            return true;
        if (!long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var given))
            return false;
        version = given;
        return true;
    }

    // What cannot be read is told apart by the name that it claims and by all its bytes.
    private static byte[] Hash(string? recordName, CommandEnvelope envelope, byte[]? value) => recordName is not null
        ? CommandHash.Of(recordName, value.AsSpan(WireFormat.PrefixBytes))
        : CommandHash.Of(envelope.Type is null ? "" : CommandEnvelope.Text(envelope.Type), value);
}
