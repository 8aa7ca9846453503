using Streaming.Avro.Binary;
using Streaming.Avro.Schema;
using Streaming.Lake.Parquet;
using Streaming.Lake.Parquet.Values;

namespace Streaming.LakeSink.Tables;

/// <summary>Moves the value of one Avro field from a record's bytes into its columns, without making an object of it.</summary>
/// <remarks>Levels are those of <see cref="ColumnValues"/>: how far the path to a value is there, and which list it goes on with.</remarks>
internal abstract class FieldColumns
{
    public abstract void Append(ref AvroReader reader, int definition, int repetition);

    public abstract void AppendNull(int definition, int repetition);

    /// <param name="columns">The leaves of the table, by their path.</param>
    /// <param name="above">Path of what the field is in, with '.' at its end; empty at the top.</param>
    /// <param name="depth">How many lists it is in.</param>
    public static FieldColumns Create(AvroSchema schema, ParquetField field, IReadOnlyDictionary<string, ColumnValues> columns, string above = "", int depth = 0)
    {
        var path = above + field.Name;
        var inner = schema is UnionSchema { NullableOf: { } some } ? some : schema;
        FieldColumns present = inner switch
        {
            RecordSchema record => new Members(record, field, columns, path + ".", depth),
            ArraySchema array => new Elements(Create(array.Items, field.Children[0].Children[0], columns, $"{path}.list.", depth + 1), depth + 1),
            _ => new Leaf(inner, columns[path]),
        };
        // A column may be nullable where the field is not: it was added to a table that had rows.
        if (schema is UnionSchema { NullIndex: >= 0 } union)
            return new Optional(present, union.NullIndex);
        return field.Repetition == Repetition.Optional ? new Optional(present, nullIndex: -1) : present;
    }

    private sealed class Optional(FieldColumns present, int nullIndex) : FieldColumns
    {
        public override void Append(ref AvroReader reader, int definition, int repetition)
        {
            if (nullIndex >= 0 && reader.ReadUnionIndex(2) == nullIndex)
                present.AppendNull(definition, repetition);
            else
                present.Append(ref reader, definition + 1, repetition);
        }

        public override void AppendNull(int definition, int repetition) => present.AppendNull(definition, repetition);
    }

    private sealed class Members : FieldColumns
    {
        private readonly List<FieldColumns> _members;
        private readonly List<ColumnValues> _absent;

        public Members(RecordSchema record, ParquetField field, IReadOnlyDictionary<string, ColumnValues> columns, string above, int depth)
        {
            _members = [.. record.Fields.Select(member => Create(member.Schema, field.Children.First(child => child.Name == member.Name), columns, above, depth))];
            // Of members that records no longer have, but the table's older rows do.
            var gone = field.Children.Where(child => record.Find(child.Name) is null).Select(child => above + child.Name).ToList();
            _absent = [.. columns.Where(column => gone.Exists(path => column.Key == path || column.Key.StartsWith(path + ".", StringComparison.Ordinal))).Select(column => column.Value)];
        }

        public override void Append(ref AvroReader reader, int definition, int repetition)
        {
            reader.Enter();
            foreach (var member in _members)
                member.Append(ref reader, definition, repetition);
            reader.Leave();
            foreach (var column in _absent)
                column.AddNull(definition, repetition);
        }

        public override void AppendNull(int definition, int repetition)
        {
            foreach (var member in _members)
                member.AppendNull(definition, repetition);
            foreach (var column in _absent)
                column.AddNull(definition, repetition);
        }
    }

    /// <param name="depth">How many lists an element is in, this one included.</param>
    private sealed class Elements(FieldColumns element, int depth) : FieldColumns
    {
        public override void Append(ref AvroReader reader, int definition, int repetition)
        {
            var next = repetition;
            for (var count = reader.ReadBlockCount(0); count > 0; count = reader.ReadBlockCount(0))
            {
                for (var i = 0; i < count; i++)
                {
                    element.Append(ref reader, definition + 1, next);
                    next = depth;
                }
            }
            // Nothing came, not even a first one: the list is there, and empty.
            if (next != depth)
                element.AppendNull(definition, repetition);
        }

        public override void AppendNull(int definition, int repetition) => element.AppendNull(definition, repetition);
    }

    private sealed class Leaf : FieldColumns
    {
        private const long MicrosPerMilli = 1_000;

        private readonly ColumnValues _values;
        private readonly AvroSchema _schema;
        private readonly Kind _kind;
        private readonly byte[][] _symbols = [];
        private readonly int _fixedBytes;

        public Leaf(AvroSchema schema, ColumnValues values)
        {
            (_schema, _values, _kind) = (schema, values, KindOf(schema));
            if (schema is EnumSchema symbols)
                _symbols = [.. symbols.Symbols.Select(System.Text.Encoding.UTF8.GetBytes)];
            if (schema is FixedSchema { Size: var size })
                _fixedBytes = size;
        }

        private enum Kind
        {
            Boolean,
            Int,
            Long,
            Millis,
            Float,
            Double,
            Bytes,
            Fixed,
            Decimal,
            FixedDecimal,
            Symbol,
        }

        public override void Append(ref AvroReader reader, int definition, int repetition)
        {
            switch (_kind)
            {
                case Kind.Boolean: ((FixedValues<bool>)_values).Add(reader.ReadBoolean(), repetition); break;
                case Kind.Int: ((FixedValues<int>)_values).Add(reader.ReadInt(), repetition); break;
                case Kind.Long: ((FixedValues<long>)_values).Add(reader.ReadLong(), repetition); break;
                case Kind.Millis: ((FixedValues<long>)_values).Add(checked(reader.ReadLong() * MicrosPerMilli), repetition); break;
                case Kind.Float: ((FixedValues<float>)_values).Add(reader.ReadFloat(), repetition); break;
                case Kind.Double: ((FixedValues<double>)_values).Add(reader.ReadDouble(), repetition); break;
                case Kind.Bytes: ((BytesValues)_values).Add(reader.ReadBytes(), repetition); break;
                case Kind.Fixed: ((BytesValues)_values).Add(reader.ReadFixed(_fixedBytes), repetition); break;
                case Kind.Decimal: ((BytesValues)_values).AddSigned(reader.ReadBytes(), repetition); break;
                case Kind.FixedDecimal: ((BytesValues)_values).AddSigned(reader.ReadFixed(_fixedBytes), repetition); break;
                case Kind.Symbol: ((BytesValues)_values).Add(_symbols[reader.ReadEnumIndex(_symbols.Length)], repetition); break;
            }
        }

        public override void AppendNull(int definition, int repetition) => _values.AddNull(definition, repetition);

        public override string ToString() => $"{_values.Column.Name}: {_schema.TypeName}";

        private static Kind KindOf(AvroSchema schema) => (schema.Type, schema.LogicalType?.Kind) switch
        {
            (AvroType.Bytes, LogicalTypeKind.Decimal) => Kind.Decimal,
            (AvroType.Fixed, LogicalTypeKind.Decimal) => Kind.FixedDecimal,
            (AvroType.Long, LogicalTypeKind.TimestampMillis) => Kind.Millis,
            (AvroType.Boolean, _) => Kind.Boolean,
            (AvroType.Int, _) => Kind.Int,
            (AvroType.Long, _) => Kind.Long,
            (AvroType.Float, _) => Kind.Float,
            (AvroType.Double, _) => Kind.Double,
            (AvroType.Bytes or AvroType.String, _) => Kind.Bytes,
            (AvroType.Fixed, _) => Kind.Fixed,
            (AvroType.Enum, _) => Kind.Symbol,
            _ => throw new System.Diagnostics.UnreachableException($"No column for {schema.TypeName}; see EventSchemas."),
        };
    }
}
