using System.Runtime.CompilerServices;

namespace Streaming.Avro.Schema;

/// <summary>What can be said of a schema's data before any are read.</summary>
internal static class SchemaShape
{
    /// <summary>The fewest bytes that a value takes. A reader holds a claimed count of items against it.</summary>
    public static int BytesMin(AvroSchema schema) => (int)Math.Min(int.MaxValue, BytesMin(schema, []));

    /// <summary>True when a value of the record can lie within a value of the same record, so that its depth is up to the data.</summary>
    public static bool IsRecursive(RecordSchema record)
    {
        var seen = new HashSet<RecordSchema>();
        return record.Fields.Any(field => Reaches(field.Schema, record, seen));
    }

    private static long BytesMin(AvroSchema schema, Dictionary<RecordSchema, long> known) => schema switch
    {
        RecordSchema record => known.TryGetValue(record, out var bytes) ? bytes : OfRecord(record, known),
        FixedSchema bytes => bytes.Size,
        _ => schema.Type switch
        {
            AvroType.Null => 0,
            AvroType.Float => sizeof(float),
            AvroType.Double => sizeof(double),
            _ => 1,
        },
    };

    /// <summary>Each record is added up once: a few that hold one another twice would otherwise take for ever.</summary>
    private static long OfRecord(RecordSchema record, Dictionary<RecordSchema, long> known)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        // A record that contains itself without a union or collection between has no finite value: any number will do.
        known[record] = 1;
        return known[record] = Math.Min(int.MaxValue, record.Fields.Sum(field => BytesMin(field.Schema, known)));
    }

    private static bool Reaches(AvroSchema from, RecordSchema target, HashSet<RecordSchema> seen) => from switch
    {
        RecordSchema record => record == target || (seen.Add(record) && record.Fields.Any(field => Reaches(field.Schema, target, seen))),
        ArraySchema array => Reaches(array.Items, target, seen),
        MapSchema map => Reaches(map.Values, target, seen),
        UnionSchema union => union.Branches.Any(branch => Reaches(branch, target, seen)),
        _ => false,
    };
}
