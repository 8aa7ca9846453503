using Streaming.Avro.Schema;
using Streaming.Lake.Delta;

namespace Streaming.LakeSink.Tables;

/// <summary>The columns of an event type's table: its record's fields, then where the event lies and what it was caused by.</summary>
internal static class EventSchemas
{
    public const string Date = "_date";
    public const string AggregateId = "_aggregate_id";
    public const string Sequence = "_sequence";
    public const string Partition = "_partition";
    public const string Offset = "_offset";

    /// <summary>Added to every table; the last names the partition of the table that a row is in.</summary>
    public static readonly IReadOnlyList<DeltaField> Lineage =
    [
        new(AggregateId, DeltaType.Text, IsNullable: false, "The event's aggregate."),
        new(Sequence, DeltaType.Long, IsNullable: false, "The event's place within its aggregate, from 1."),
        new("_topic", DeltaType.Text, IsNullable: false, "Where the event lies: topic, partition, offset."),
        new(Partition, DeltaType.Int, IsNullable: false),
        new(Offset, DeltaType.Long, IsNullable: false),
        new("_event_id", DeltaType.Text, IsNullable: false, "The header ce_id."),
        new("_causation_id", DeltaType.Text, IsNullable: true, "The command that led to the event."),
        new("_recorded_at", DeltaType.Timestamp, IsNullable: false, "When the event was recorded, UTC."),
        new(Date, DeltaType.Date, IsNullable: false, "The day on which the event was recorded, UTC."),
    ];

    /// <summary>Name of the table of an event type: its context and its own name, such as <c>orders_order_placed</c>. Versions of a record share it.</summary>
    public static string TableOf(RecordSchema schema) => $"{ContextOf(schema)}_{SnakeCase(schema.Name)}";

    public static StructType Of(RecordSchema schema) => new([.. schema.Fields.Select(field => Field(schema, field)), .. Lineage]);

    private static DeltaField Field(RecordSchema record, RecordField field)
    {
        if (field.Name.StartsWith('_'))
            throw new NotSupportedException($"{record.FullName}.{field.Name} begins with '_', as only columns of the lake's own do.");
        return new(field.Name, Type(field.Schema, $"{record.FullName}.{field.Name}"), IsNullable(field.Schema), field.Doc);
    }

    private static bool IsNullable(AvroSchema schema) => schema is UnionSchema { NullableOf: not null };

    private static DeltaType Type(AvroSchema schema, string where) => schema switch
    {
        UnionSchema { NullableOf: { } inner } => Type(inner, where),
        RecordSchema record => new StructType([.. record.Fields.Select(field => new DeltaField(field.Name, Type(field.Schema, $"{where}.{field.Name}"), IsNullable(field.Schema), field.Doc))]),
        ArraySchema array => new ArrayType(Type(array.Items, where + "[]"), IsNullable(array.Items)),
        EnumSchema => DeltaType.Text,
        PrimitiveSchema or FixedSchema => Simple(schema, where),
        _ => throw Unsupported(schema, where),
    };

    private static PrimitiveType Simple(AvroSchema schema, string where) => (schema.Type, schema.LogicalType?.Kind) switch
    {
        (_, LogicalTypeKind.Decimal) when schema.LogicalType!.Precision <= 38 => DeltaType.Decimal(schema.LogicalType.Precision, schema.LogicalType.Scale),
        (AvroType.Int, LogicalTypeKind.Date) => DeltaType.Date,
        (AvroType.Int, _) => DeltaType.Int,
        (AvroType.Long, LogicalTypeKind.TimestampMicros or LogicalTypeKind.TimestampMillis) => DeltaType.Timestamp,
        (AvroType.Long, _) => DeltaType.Long,
        (AvroType.Boolean, _) => DeltaType.Boolean,
        (AvroType.Float, _) => DeltaType.Float,
        (AvroType.Double, _) => DeltaType.Double,
        (AvroType.String, _) => DeltaType.Text,
        (AvroType.Bytes or AvroType.Fixed, not LogicalTypeKind.Decimal) => DeltaType.Binary,
        _ => throw Unsupported(schema, where),
    };

    private static NotSupportedException Unsupported(AvroSchema schema, string where) =>
        new($"{where} is {schema.TypeName}, for which the lake has no column. Maps, unions of more than null and one type, and records that contain themselves have none.");

    private static string ContextOf(RecordSchema schema) =>
        schema.Namespace.Split('.') is [_, var context, ..] ? context : throw new NotSupportedException($"{schema.FullName} names no context: full names are streaming.context.Record.");

    private static string SnakeCase(string name)
    {
        var text = new System.Text.StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && !char.IsUpper(name[i - 1]))
                text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }
}
