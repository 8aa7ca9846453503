namespace Streaming.Avro.Schema;

/// <summary>Which JSON may stand as the default of a field (specification, "Complex Types: Records").</summary>
internal static class DefaultRules
{
    /// <summary>Says what is wrong with the value as a default for the schema; null when nothing.</summary>
    public static string? Violation(AvroSchema schema, JsonValue value) => (schema, value) switch
    {
        (RecordSchema record, JsonObject members) => OfFields(record, members),
        (ArraySchema array, JsonArray items) => First(items.Items, item => Violation(array.Items, item)),
        (MapSchema map, JsonObject members) => First(members.Members, member => Violation(map.Values, member.Value)),
        (UnionSchema union, _) => BranchOf(union, value) >= 0 ? null : $"{value} fits no branch of the union",
        (EnumSchema symbols, JsonString text) => symbols.IndexOf(text.Value) >= 0 ? null : $"{value} is no symbol of {symbols.FullName}",
        (FixedSchema bytes, JsonString text) => IsBytes(text) && text.Value.Length == bytes.Size ? null : $"{value} is not {bytes.Size} bytes",
        (PrimitiveSchema, _) => IsPrimitive(schema.Type, value) ? null : $"{value} is no {schema.TypeName}",
        _ => $"{value} is no {schema.Type.Name()}",
    };

    /// <summary>The first branch that the default fits; -1 when none does. Since 1.12 it need not be the union's first.</summary>
    public static int BranchOf(UnionSchema union, JsonValue value)
    {
        for (var i = 0; i < union.Branches.Count; i++)
        {
            if (Violation(union.Branches[i], value) is null)
                return i;
        }
        return -1;
    }

    private static string? OfFields(RecordSchema record, JsonObject members) => First(record.Fields, field => members.Find(field.Name) switch
    {
        null when field.Default is null => $"{members} lacks {record.FullName}.{field.Name}, which has no default",
        null => null,
        var value => Violation(field.Schema, value),
    });

    private static bool IsPrimitive(AvroType type, JsonValue value) => (type, value) switch
    {
        (AvroType.Null, JsonNull) or (AvroType.Boolean, JsonBoolean) or (AvroType.Float or AvroType.Double, JsonNumber) or (AvroType.String, JsonString) => true,
        (AvroType.Int, JsonNumber number) => JsonNumbers.TryReadInt(number, out _),
        (AvroType.Long, JsonNumber number) => JsonNumbers.TryReadLong(number, out _),
        (AvroType.Bytes, JsonString text) => IsBytes(text),
        _ => false,
    };

    /// <summary>Bytes are written as a string whose characters U+0000 to U+00FF stand for them.</summary>
    private static bool IsBytes(JsonString text) => text.Value.All(character => character <= 0xFF);

    private static string? First<T>(IEnumerable<T> items, Func<T, string?> violation) => items.Select(violation).FirstOrDefault(found => found is not null);
}
