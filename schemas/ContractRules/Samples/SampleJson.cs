using System.Text.Json.Nodes;
using Streaming.Avro.Generic;
using Streaming.Avro.Schema;
using JsonArray = System.Text.Json.Nodes.JsonArray;
using JsonObject = System.Text.Json.Nodes.JsonObject;

namespace Streaming.ContractRules.Samples;

/// <summary>An Avro value as JSON for samples: unions without their branch, bytes in hexadecimal, decimals and UUIDs as text, times as the numbers they are.</summary>
internal static class SampleJson
{
    /// <exception cref="Avro.Binary.MalformedAvroException">The bytes are not what the schema says.</exception>
    public static JsonNode? Of(AvroSchema schema, ReadOnlySpan<byte> body) => Of(GenericEncoding.Decode(schema, body));

    private static JsonNode? Of(object? value) => value switch
    {
        null => null,
        GenericUnion union => Of(union.Value),
        GenericRecord record => new JsonObject(record.Schema.Fields.Select(field => KeyValuePair.Create(field.Name, Of(record.Values[field.Position])))),
        IReadOnlyDictionary<string, object?> map => new JsonObject(map.Select(entry => KeyValuePair.Create(entry.Key, Of(entry.Value)))),
        IReadOnlyList<object?> list => new JsonArray([.. list.Select(Of)]),
        byte[] bytes => Convert.ToHexStringLower(bytes),
        bool truth => truth,
        int number => number,
        long number => number,
        float number => number,
        double number => number,
        _ => value.ToString(),
    };
}
