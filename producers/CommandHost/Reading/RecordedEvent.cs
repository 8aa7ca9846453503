using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Streaming.Contracts.Envelope;

namespace Streaming.CommandHost.Reading;

/// <summary>An event as it stands in the log.</summary>
internal sealed class RecordedEvent(EventKey key, ConsumeResult<byte[], byte[]> record)
{
    public long Sequence => key.Sequence;

    /// <summary>In Confluent wire format.</summary>
    public byte[] Value => record.Message.Value;

    /// <summary>When it was written.</summary>
    public DateTimeOffset RecordedAt => DateTimeOffset.FromUnixTimeMilliseconds(record.Message.Timestamp.UnixTimestampMs);

    public string Position => $"{record.Topic}-{record.Partition.Value}@{record.Offset.Value}";

    /// <summary>Business time; of a record without it, from whoever wrote that, when it was recorded.</summary>
    public DateTimeOffset OccurredAt =>
        DateTimeOffset.TryParse(Header(HeaderNames.Time), CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : RecordedAt;

    /// <summary>The header's text; null when the record has none of that name.</summary>
    public string? Header(string name) =>
        record.Message.Headers.TryGetLastBytes(name, out var bytes) && bytes is not null ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>Null when the record is not that event: the log was changed under the index.</summary>
    public static RecordedEvent? Of(ConsumeResult<byte[], byte[]> record, string aggregateId) =>
        record.Message is { Key: { } key, Value: not null }
        && EventKey.TryParse(Encoding.UTF8.GetString(key), out var parsed)
        && parsed.AggregateId == aggregateId
            ? new(parsed, record)
            : null;
}
