using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Streaming.Lake.Parquet;
using Streaming.Lake.Parquet.Reading;
using Streaming.Lake.Parquet.Values;

namespace Streaming.Lake.Tests.Support;

/// <summary>Puts rows together from columns, in the JSON of the golden files: lists as arrays, structs as objects, maps as arrays of pairs.</summary>
internal static class Rows
{
    public static List<JsonObject> Of(ParquetFile file)
    {
        var rows = new List<JsonObject>();
        for (var group = 0; group < file.RowGroups.Count; group++)
        {
            var columns = Enumerable.Range(0, file.Schema.Columns.Count).Select(column => file.Read(group, column)).ToList();
            rows.AddRange(Of(file.Schema, columns, file.RowGroups[group].RowCount));
        }
        return rows;
    }

    public static IEnumerable<JsonObject> Of(ParquetSchema schema, IReadOnlyList<ColumnValues> columns, long rowCount)
    {
        var cursors = columns.Select(values => new Cursor(values)).ToList();
        for (var row = 0L; row < rowCount; row++)
        {
            var (fields, first) = (new JsonObject(), 0);
            foreach (var field in schema.Fields)
                fields[field.Name] = Read(field, cursors, ref first, 0, 0);
            yield return fields;
        }
    }

    private static JsonNode? Read(ParquetField field, List<Cursor> cursors, ref int first, int definition, int repetition)
    {
        var leaves = Leaves(field);
        var head = cursors[first];
        if (field.Repetition == Repetition.Required)
            return ReadPresent(field, cursors, ref first, definition, repetition);
        if (head.Definition <= definition)
        {
            for (var i = 0; i < leaves; i++)
                cursors[first + i].Next(hasValue: false);
            first += leaves;
            return field.Repetition == Repetition.Repeated ? new JsonArray() : null;
        }
        if (field.Repetition == Repetition.Optional)
            return ReadPresent(field, cursors, ref first, definition + 1, repetition);

        var items = new JsonArray();
        var after = first;
        do
        {
            after = first;
            items.Add(ReadPresent(field, cursors, ref after, definition + 1, repetition + 1));
        }
        while (!head.IsAtEnd && head.Repetition == repetition + 1);
        first = after;
        return items;
    }

    private static JsonNode? ReadPresent(ParquetField field, List<Cursor> cursors, ref int first, int definition, int repetition)
    {
        if (field.Physical is not null)
        {
            var value = cursors[first].Value();
            cursors[first++].Next(hasValue: true);
            return value;
        }
        if (field.Logical.Kind is LogicalKind.List or LogicalKind.Map)
            return Unwrap(field, (JsonArray)Read(field.Children[0], cursors, ref first, definition, repetition)!);
        var members = new JsonObject();
        foreach (var child in field.Children)
            members[child.Name] = Read(child, cursors, ref first, definition, repetition);
        return members;
    }

    private static JsonArray Unwrap(ParquetField field, JsonArray items)
    {
        if (field.Children[0].Physical is not null)
            return items;
        var unwrapped = items.Select(item => item!.AsObject()).Select(item => field.Logical.Kind == LogicalKind.List
            ? item.First().Value?.DeepClone()
            : new JsonArray([.. item.Select(member => member.Value?.DeepClone())]));
        return new JsonArray([.. unwrapped]);
    }

    private static int Leaves(ParquetField field) => field.Physical is not null ? 1 : field.Children.Sum(Leaves);

    private sealed class Cursor(ColumnValues values)
    {
        private int _entry;
        private int _value;

        public bool IsAtEnd => _entry >= values.EntryCount;

        public int Definition => values.Definitions.IsEmpty ? values.Column.MaxDefinition : values.Definitions[_entry];

        public int Repetition => values.Repetitions.IsEmpty ? 0 : values.Repetitions[_entry];

        public void Next(bool hasValue)
        {
            _entry++;
            _value += hasValue ? 1 : 0;
        }

        public JsonNode? Value()
        {
            var logical = values.Column.Field.Logical;
            return values switch
            {
                FixedValues<bool> booleans => booleans.Values[_value],
                FixedValues<int> numbers when logical.Kind == LogicalKind.Decimal => Decimal(numbers.Values[_value], logical.Scale),
                FixedValues<long> numbers when logical.Kind == LogicalKind.Decimal => Decimal(numbers.Values[_value], logical.Scale),
                FixedValues<int> numbers when !logical.IsSigned && logical.Kind == LogicalKind.Integer => (uint)numbers.Values[_value],
                FixedValues<long> numbers when !logical.IsSigned && logical.Kind == LogicalKind.Integer => (ulong)numbers.Values[_value],
                FixedValues<int> numbers => numbers.Values[_value],
                FixedValues<long> numbers => numbers.Values[_value],
                FixedValues<float> numbers => Number(numbers.Values[_value]),
                FixedValues<double> numbers => Number(numbers.Values[_value]),
                BytesValues bytes when values.Column.Physical == PhysicalType.Int96 => Int96(bytes[_value]),
                BytesValues bytes when logical.Kind == LogicalKind.Decimal => Decimal(new BigInteger(bytes[_value], isBigEndian: true), logical.Scale),
                BytesValues bytes when logical.Kind == LogicalKind.Text => System.Text.Encoding.UTF8.GetString(bytes[_value]),
                BytesValues bytes => Convert.ToBase64String(bytes[_value]),
                _ => throw new InvalidOperationException($"No JSON for {values.GetType().Name}."),
            };
        }

        private static JsonNode Number(double value) =>
            double.IsNaN(value) ? "NaN" : double.IsInfinity(value) ? value > 0 ? "Infinity" : "-Infinity" : value == 0 && double.IsNegative(value) ? "-0.0" : value;

        private static string Decimal(BigInteger unscaled, int scale)
        {
            var digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
            return (unscaled.Sign < 0 ? "-" : "") + (scale == 0 ? digits : $"{digits[..^scale]}.{digits[^scale..]}");
        }

        // Nanoseconds of the day, then the Julian day.
        private static long Int96(ReadOnlySpan<byte> bytes) =>
            ((BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]) - 2_440_588L) * 86_400_000_000_000) + BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }
}
