using System.Buffers.Text;
using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Commands.Deciding;
using Streaming.Commands.Records;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Serdes;

namespace Streaming.Commands.Snapshots;

/// <summary>Reads records of the snapshots topic, and believes none that could be wrong: the log says the same, only slower.</summary>
internal sealed class SnapshotReader<TState>(StateFormat<TState> states, RecordFormat format)
{
    /// <summary>State and version of a snapshot; null when it cannot be used, and <paramref name="why"/> says why.</summary>
    /// <exception cref="Serdes.Registry.RegistryUnavailableException">Nobody can tell now.</exception>
    public Aggregate<TState>? State(Message<byte[], byte[]> message, out string? why)
    {
        if (Read(message, out var sequence, out why) is not { } record)
            return null;
        if (sequence == 0)
        {
            why = "it stands for version 0, which needs no snapshot";
            return null;
        }

        try
        {
            return new(states.Read(record), sequence) { SnapshotVersion = sequence };
        }
        catch (FormatException cause)
        {
            why = cause.Message;
            return null;
        }
    }

    /// <summary>Where to fold from; null when the record cannot be used.</summary>
    public SnapshotCheckpoint? Checkpoint(Message<byte[], byte[]> message, out string? why)
    {
        if (Read(message, out var sequence, out why) is not { } record)
            return null;
        if (record is SnapshotCheckpoint { NextOffset: >= 0 } checkpoint && checkpoint.NextOffset <= checkpoint.EndOffset && checkpoint.NextOffset == sequence)
            return checkpoint;
        why = $"it is no checkpoint, but {record}";
        return null;
    }

    private IAvroRecord? Read(Message<byte[], byte[]> message, out long sequence, out string? why)
    {
        why = null;
        if (!TryReadNumber(message.Headers, HeaderNames.Sequence, out sequence))
            why = $"its header {HeaderNames.Sequence} is missing, or no number";
        else if (!TryReadNumber(message.Headers, HeaderNames.Checksum, out var checksum) || checksum != Crc32C.Of(message.Value))
            why = $"its value is not what its header {HeaderNames.Checksum} says";
        if (why is not null)
            return null;

        try
        {
            return format.Decode(message.Value);
        }
        catch (UndecodableRecordException cause)
        {
            why = cause.Message;
            return null;
        }
    }

    private static bool TryReadNumber(Headers? headers, string name, out long number)
    {
        number = 0;
        return headers is not null && headers.TryGetLastBytes(name, out var text) && text is not null
            && Utf8Parser.TryParse(text, out number, out var used) && used == text.Length && number >= 0;
    }
}
