using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using Streaming.Avro.Binary;
using Streaming.Avro.Json;
using Streaming.Avro.Schema;
using Streaming.Contracts.Envelope;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.CommandHost.Reading;

/// <summary>Events as JSON: the fields they were written with, whichever version of the schema that was, and what their record says about them.</summary>
internal sealed class EventJson(ISchemaRegistry registry)
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ConcurrentDictionary<int, RecordSchema> _schemas = new();

    /// <exception cref="UndecodableRecordException">The record's value is not what its schema says.</exception>
    /// <exception cref="RegistryUnavailableException">Its schema cannot be asked for now.</exception>
    public async ValueTask<JsonElement> WriteAsync(RecordedEvent happened, CancellationToken cancellationToken)
    {
        var schema = await SchemaOfAsync(happened, cancellationToken);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
            Write(json, happened, schema);
        return JsonElement.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    private static void Write(Utf8JsonWriter json, RecordedEvent happened, RecordSchema schema)
    {
        json.WriteStartObject();
        json.WriteNumber("sequence", happened.Sequence);
        json.WriteString("type", schema.FullName);
        json.WriteString("occurredAt", happened.OccurredAt.UtcDateTime);
        json.WriteString("recordedAt", happened.RecordedAt.UtcDateTime);
        json.WriteString("position", happened.Position);
        WriteWhereGiven(json, "eventId", happened.Header(HeaderNames.Id));
        WriteWhereGiven(json, "commandId", happened.Header(HeaderNames.CausationId));
        WriteWhereGiven(json, "correlationId", happened.Header(HeaderNames.CorrelationId));
        WriteWhereGiven(json, "actor", happened.Header(HeaderNames.Actor));
        WriteWhereGiven(json, "tenant", happened.Header(HeaderNames.Tenant));
        json.WritePropertyName("data");
        try
        {
            PlainJson.Write(json, schema, happened.Value.AsSpan(WireFormat.PrefixBytes));
        }
        catch (MalformedAvroException cause)
        {
            throw new MalformedRecordException($"{happened.Position}: {cause.Message}", cause);
        }

        json.WriteEndObject();
    }

    private async ValueTask<RecordSchema> SchemaOfAsync(RecordedEvent happened, CancellationToken cancellationToken)
    {
        if (!WireFormat.TryRead(happened.Value, out var id, out _, out var why))
            throw new MalformedRecordException($"{happened.Position}: the value is not in Confluent wire format: {why}");
        if (_schemas.TryGetValue(id, out var known))
            return known;
        return AvroSchema.Parse(await registry.GetSchemaAsync(id, cancellationToken)) is RecordSchema schema
            ? _schemas.GetOrAdd(id, schema)
            : throw new MalformedRecordException($"{happened.Position}: schema id {id} is no record.");
    }

    private static void WriteWhereGiven(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }
}
