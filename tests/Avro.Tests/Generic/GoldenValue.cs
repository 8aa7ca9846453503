using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Streaming.Avro.Generic;
using Streaming.Avro.Schema;
using JsonArray = System.Text.Json.Nodes.JsonArray;
using JsonObject = System.Text.Json.Nodes.JsonObject;

namespace Streaming.Avro.Tests.Generic;

/// <summary>Generic values in the JSON form of the golden data, see <c>golden/README.md</c>, and back.</summary>
public static class GoldenValue
{
    public static object? Read(AvroSchema schema, JsonElement json) => schema switch
    {
        _ when schema.LogicalType is { Kind: LogicalTypeKind.Decimal } => AvroDecimal.Parse(json.GetString()!),
        _ when schema.LogicalType is { Kind: LogicalTypeKind.Uuid } => json.GetGuid(),
        _ when schema.LogicalType is { Kind: LogicalTypeKind.Duration } =>
            new AvroDuration(json.GetProperty("months").GetUInt32(), json.GetProperty("days").GetUInt32(), json.GetProperty("millis").GetUInt32()),
        RecordSchema record => new GenericRecord(record, [.. record.Fields.Select(field => Read(field.Schema, json.GetProperty(field.Name)))]),
        EnumSchema => json.GetString(),
        FixedSchema => json.GetBytesFromBase64(),
        ArraySchema array => json.EnumerateArray().Select(item => Read(array.Items, item)).ToList(),
        MapSchema map => new OrderedDictionary<string, object?>(json.EnumerateObject().Select(entry => KeyValuePair.Create(entry.Name, Read(map.Values, entry.Value)))),
        UnionSchema union => new GenericUnion(json.GetProperty("union").GetInt32(), Read(union.Branches[json.GetProperty("union").GetInt32()], json.GetProperty("value"))),
        _ => ReadPrimitive(schema.Type, json),
    };

    /// <summary>The value as JSON text: equal texts are equal values.</summary>
    public static string Write(AvroSchema schema, object? value) => Node(schema, value)?.ToJsonString(new JsonSerializerOptions { MaxDepth = 1_000 }) ?? "null";

    private static object? ReadPrimitive(AvroType type, JsonElement json) => type switch
    {
        AvroType.Null => null,
        AvroType.Boolean => json.GetBoolean(),
        AvroType.Int => json.GetInt32(),
        AvroType.Long => json.GetInt64(),
        AvroType.Float => (float)ReadDouble(json),
        AvroType.Double => ReadDouble(json),
        AvroType.Bytes => json.GetBytesFromBase64(),
        _ => json.GetString(),
    };

    private static double ReadDouble(JsonElement json) =>
        json.ValueKind == JsonValueKind.Number ? json.GetDouble() : double.Parse(json.GetString()!, CultureInfo.InvariantCulture);

    private static JsonNode? Node(AvroSchema schema, object? value) => (schema, value) switch
    {
        (RecordSchema, GenericRecord record) => new JsonObject(record.Schema.Fields.Select((field, i) => KeyValuePair.Create(field.Name, Node(field.Schema, record.Values[i])))),
        (ArraySchema array, IEnumerable<object?> items) => new JsonArray([.. items.Select(item => Node(array.Items, item))]),
        (MapSchema map, IEnumerable<KeyValuePair<string, object?>> entries) => new JsonObject(entries.Select(entry => KeyValuePair.Create(entry.Key, Node(map.Values, entry.Value)))),
        (UnionSchema union, GenericUnion chosen) => new JsonObject { ["union"] = chosen.Index, ["value"] = Node(union.Branches[chosen.Index], chosen.Value) },
        (_, float number) => number.ToString("R", CultureInfo.InvariantCulture),
        (_, double number) => number.ToString("R", CultureInfo.InvariantCulture),
        (_, AvroDuration duration) => $"{duration.Months}/{duration.Days}/{duration.Millis}",
        (_, byte[] bytes) => Convert.ToBase64String(bytes),
        (_, null) => null,
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };
}
