using System.Text.Json;
using Streaming.Sinks.Events;
using Streaming.Sinks.Sql.Database;

namespace Streaming.Sinks.Sql.Audit;

/// <summary>The table <c>audit_log</c>: every event as it was written.</summary>
internal static class AuditTable
{
    public static string Copy(string schema) => $"""
        COPY {schema}.audit_log (topic, partition, record_offset, event_id, event_type, aggregate_id, sequence, occurred_at, recorded_at,
            causation_id, correlation_id, actor, schema_id, epoch, payload)
        FROM STDIN (FORMAT BINARY)
        """;

    private const short ColumnCount = 15;

    public static void Append(CopyBuffer rows, Utf8JsonWriter json, RecordedEvent recorded, DateTimeOffset occurredAt, int epoch)
    {
        rows.Row(ColumnCount);
        rows.Text(recorded.Topic);
        rows.Int32(recorded.Partition);
        rows.Int64(recorded.Offset);
        rows.Uuid(recorded.EventId);
        rows.Text(recorded.WriterSchema.FullName);
        rows.Text(recorded.AggregateId);
        rows.Int64(recorded.Sequence);
        rows.Timestamp(occurredAt);
        rows.Timestamp(recorded.RecordedAt);
        rows.Text(recorded.CausationId);
        rows.Text(recorded.CorrelationId);
        rows.Text(recorded.Actor);
        rows.Int32(recorded.SchemaId);
        rows.Int32(epoch);
        rows.BeginJsonb();
        json.Reset(rows);
        PayloadJson.Write(json, recorded.WriterSchema, recorded.Body.Span);
        json.Flush();
        rows.EndJsonb();
    }
}
