using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Streaming.Avro;
using Streaming.Avro.Json;
using Streaming.Sinks.Events;

namespace Streaming.LakeSink.Tests.Support;

/// <summary>The row that an event must become, by another way than the sink's.</summary>
internal static class ExpectedRow
{
    public static JsonObject Of(RecordedEvent recorded)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
            PlainJson.Write(json, recorded.Record.AvroSchema, AvroEncoding.EncodeToArray(recorded.Record));
        var row = JsonNode.Parse(Encoding.UTF8.GetString(stream.ToArray()))!.AsObject();
        row["_aggregate_id"] = recorded.AggregateId;
        row["_sequence"] = recorded.Sequence;
        row["_topic"] = recorded.Topic;
        row["_partition"] = recorded.Partition;
        row["_offset"] = recorded.Offset;
        row["_event_id"] = recorded.EventId.ToString();
        row["_causation_id"] = recorded.CausationId;
        row["_recorded_at"] = recorded.RecordedAt.UtcDateTime.ToString("O");
        row["_date"] = recorded.RecordedAt.UtcDateTime.ToString("yyyy-MM-dd");
        return row;
    }

    /// <summary>Both sides alike: times in microseconds, members in the order of their names.</summary>
    public static string Text(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject members => $"{{{string.Join(", ", members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => $"{member.Key}: {Text(member.Value)}"))}}}",
        JsonArray items => $"[{string.Join(", ", items.Select(Text))}]",
        _ when node.GetValueKind() == JsonValueKind.String && DateTimeOffset.TryParse(node.ToString(), out var at) && node.ToString().Contains('T') =>
            $"{(at.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond}",
        _ => node.ToString(),
    };
}
