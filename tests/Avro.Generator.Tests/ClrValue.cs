using System.Collections;
using Streaming.Avro.Generic;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Generator.Tests;

/// <summary>Values of generated types as generic values, found by reflection: what a property holds, not what its encoder writes.</summary>
internal static class ClrValue
{
    private static readonly DateTime _epoch = DateTime.UnixEpoch;

    public static object? Generic(AvroSchema schema, object? value) => (schema, value) switch
    {
        (UnionSchema union, _) => OfUnion(union, value),
        (RecordSchema record, _) => new GenericRecord(record, [.. Properties(value!).Zip(record.Fields, (property, field) => Generic(field.Schema, property))]),
        (EnumSchema, Enum symbol) => symbol.ToString(),
        (ArraySchema array, IEnumerable items) => items.Cast<object?>().Select(item => Generic(array.Items, item)).ToList(),
        (MapSchema map, IDictionary entries) =>
            new OrderedDictionary<string, object?>(entries.Keys.Cast<string>().Select(key => KeyValuePair.Create(key, Generic(map.Values, entries[key])))),
        (_, ReadOnlyMemory<byte> bytes) => bytes.ToArray(),
        (_, AvroNull) => null,
        (_, decimal number) => AvroDecimal.Parse(number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        (_, DateOnly date) => date.DayNumber - DateOnly.FromDateTime(_epoch).DayNumber,
        (_, TimeOnly time) when schema.Type == AvroType.Int => (int)(time.Ticks / TimeSpan.TicksPerMillisecond),
        (_, TimeOnly time) => time.Ticks / TimeSpan.TicksPerMicrosecond,
        (_, DateTimeOffset time) => Count(schema, time.UtcDateTime - _epoch),
        (_, DateTime time) => Count(schema, time - _epoch),
        _ => value,
    };

    private static GenericUnion OfUnion(UnionSchema union, object? value)
    {
        if (value is null || (value is AvroNull && union.NullIndex >= 0))
            return new GenericUnion(union.NullIndex, null);
        if (union.NullableOf is { } other)
            return new GenericUnion(1 - union.NullIndex, Generic(other, value));
        if (union.Branches.Count == 1)
            return new GenericUnion(0, Generic(union.Branches[0], value));
        // The branches' records are nested in the order of the schema, without the null branch.
        var cases = value.GetType().BaseType!.GetNestedTypes().OrderBy(type => type.MetadataToken).ToList();
        var index = cases.IndexOf(value.GetType());
        index += union.NullIndex >= 0 && index >= union.NullIndex ? 1 : 0;
        return new GenericUnion(index, Generic(union.Branches[index], Properties(value).Single()));
    }

    private static IEnumerable<object?> Properties(object value) =>
        value.GetType().GetConstructors().Single().GetParameters().Select(parameter => value.GetType().GetProperty(parameter.Name!)!.GetValue(value));

    private static long Count(AvroSchema schema, TimeSpan sinceEpoch) =>
        sinceEpoch.Ticks / (schema.LogicalType!.Kind is LogicalTypeKind.TimestampMillis or LogicalTypeKind.LocalTimestampMillis ? TimeSpan.TicksPerMillisecond : TimeSpan.TicksPerMicrosecond);
}
