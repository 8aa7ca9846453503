using Confluent.Kafka;

namespace Streaming.Sinks.Events;

/// <summary>A record as it came from the log, with only what a sink needs of its headers: thousands of these wait per partition.</summary>
/// <param name="Timestamp">The record's timestamp, UTC.</param>
public sealed record LogRecord(
    string Topic, int Partition, long Offset, DateTimeOffset Timestamp, byte[]? Key, byte[]? Value, EventHeaders Headers)
{
    /// <summary>Of key and value.</summary>
    public int SizeBytes => (Key?.Length ?? 0) + (Value?.Length ?? 0);

    internal static LogRecord From(ConsumeResult<byte[]?, byte[]?> result) => new(
        result.Topic, result.Partition, result.Offset, new DateTimeOffset(result.Message.Timestamp.UtcDateTime),
        result.Message.Key, result.Message.Value, EventHeaders.Read(result.Message.Headers));
}
