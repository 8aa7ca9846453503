using System.Globalization;
using Streaming.Lake.Parquet;

namespace Streaming.Lake.Delta;

/// <summary>How a table's columns lie in its files (Delta protocol, "Primitive Types", and parquet-format).</summary>
internal static class TableColumns
{
    /// <summary>The columns that files have: all but those that the table is partitioned by, whose values are in the log.</summary>
    public static ParquetSchema InFiles(StructType schema, IReadOnlyCollection<string> partitionColumns) =>
        new([.. schema.Fields.Where(field => !partitionColumns.Contains(field.Name)).Select(field => Of(field.Name, field.Type, field.IsNullable))]);

    private static ParquetField Of(string name, DeltaType type, bool isNullable) => type switch
    {
        StructType members => ParquetField.Group(name, isNullable, [.. members.Fields.Select(field => Of(field.Name, field.Type, field.IsNullable))]),
        ArrayType array => ParquetField.List(name, isNullable, Of("element", array.Element, array.ContainsNull)),
        PrimitiveType primitive => Of(name, primitive.Name, isNullable),
        _ => throw new UnsupportedTableException($"Column {name} is {type}; such columns are not written here."),
    };

    private static ParquetField Of(string name, string type, bool isNullable) => type switch
    {
        "string" => ParquetField.Leaf(name, isNullable, PhysicalType.ByteArray, new(LogicalKind.Text)),
        "long" => ParquetField.Leaf(name, isNullable, PhysicalType.Int64),
        "integer" => ParquetField.Leaf(name, isNullable, PhysicalType.Int32),
        "float" => ParquetField.Leaf(name, isNullable, PhysicalType.Float),
        "double" => ParquetField.Leaf(name, isNullable, PhysicalType.Double),
        "boolean" => ParquetField.Leaf(name, isNullable, PhysicalType.Boolean),
        "binary" => ParquetField.Leaf(name, isNullable, PhysicalType.ByteArray),
        "date" => ParquetField.Leaf(name, isNullable, PhysicalType.Int32, new(LogicalKind.Date)),
        "timestamp" => ParquetField.Leaf(name, isNullable, PhysicalType.Int64, new(LogicalKind.TimestampMicros)),
        _ when TryDecimal(type, out var precision, out var scale) =>
            ParquetField.Leaf(name, isNullable, PhysicalType.FixedLengthByteArray, new(LogicalKind.Decimal, precision, scale), BytesOf(precision)),
        _ => throw new UnsupportedTableException($"Column {name} is {type}; such columns are not written here."),
    };

    private static bool TryDecimal(string type, out int precision, out int scale)
    {
        (precision, scale) = (0, 0);
        return type.StartsWith("decimal(", StringComparison.Ordinal) && type.EndsWith(')') && type[8..^1].Split(',') is [var digits, var behind]
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out precision) && precision is > 0 and <= 38
            && int.TryParse(behind, NumberStyles.None, CultureInfo.InvariantCulture, out scale) && scale <= precision;
    }

    /// <summary>The fewest bytes that hold so many decimal digits and a sign.</summary>
    private static int BytesOf(int precision) => (int)Math.Ceiling(((precision * Math.Log2(10)) + 1) / 8);
}
