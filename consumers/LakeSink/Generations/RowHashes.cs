using Streaming.Lake.Parquet;
using Streaming.Lake.Parquet.Values;

namespace Streaming.LakeSink.Generations;

/// <summary>A hash of what each row holds.</summary>
/// <remarks>The order of the columns and whether one may be null do not count, nor how values are encoded: two generations may differ in all of that.</remarks>
internal static class RowHashes
{
    private const ulong Present = 255;

    /// <param name="columns">Of one row group, by their paths.</param>
    /// <param name="day">Value of the column that the table is partitioned by, which is not in the file.</param>
    public static ulong[] Of(ParquetSchema schema, IReadOnlyDictionary<string, ColumnValues> columns, string? day, int rowCount)
    {
        var rows = new ulong[rowCount];
        Array.Fill(rows, StableHash.Of(System.Text.Encoding.UTF8.GetBytes(day ?? "")));
        foreach (var (path, values) in columns)
            Add(rows, values, StableHash.Of(System.Text.Encoding.UTF8.GetBytes(path)), Absences(schema, values.Column));
        // What two rows exchange must not leave their sum as it was.
        for (var row = 0; row < rows.Length; row++)
            rows[row] = StableHash.Mix(rows[row]);
        return rows;
    }

    private static void Add(ulong[] rows, ColumnValues values, ulong seed, byte[] absences)
    {
        var hashes = Of(values);
        var definitions = values.Definitions;
        var repetitions = values.Repetitions;
        var (row, value, hash) = (-1, 0, 0UL);
        for (var entry = 0; entry < values.EntryCount; entry++)
        {
            var repetition = repetitions.IsEmpty ? 0 : repetitions[entry];
            if (repetition == 0)
            {
                if (row >= 0)
                    rows[row] += hash;
                (row, hash) = (row + 1, seed);
            }
            var isPresent = definitions.IsEmpty || definitions[entry] == values.Column.MaxDefinition;
            hash = StableHash.Mix(hash ^ (isPresent ? hashes[value++] : absences[definitions[entry]])) + (((ulong)repetition << 8) | (isPresent ? Present : 0));
        }
        if (row >= 0)
            rows[row] += hash;
    }

    /// <summary>Which node of the path is the one that is absent, by the definition level that says so.</summary>
    private static byte[] Absences(ParquetSchema schema, ParquetColumn column)
    {
        var absences = new byte[column.MaxDefinition];
        var (children, definition) = (schema.Fields, 0);
        for (var depth = 0; depth < column.Path.Count; depth++)
        {
            var field = children.First(child => child.Name == column.Path[depth]);
            if (field.Repetition != Repetition.Required)
                absences[definition++] = (byte)depth;
            children = field.Children;
        }
        return absences;
    }

    private static ulong[] Of(ColumnValues values) => values switch
    {
        FixedValues<bool> booleans => Of(booleans, value => value ? 1UL : 0),
        FixedValues<int> numbers => Of(numbers, value => unchecked((ulong)value)),
        FixedValues<long> numbers => Of(numbers, value => unchecked((ulong)value)),
        FixedValues<float> numbers => Of(numbers, value => BitConverter.SingleToUInt32Bits(value)),
        FixedValues<double> numbers => Of(numbers, BitConverter.DoubleToUInt64Bits),
        BytesValues bytes => Of(bytes),
        _ => throw new System.Diagnostics.UnreachableException($"No hash for {values.GetType().Name}; add it above."),
    };

    private static ulong[] Of<T>(FixedValues<T> values, Func<T, ulong> bits)
        where T : unmanaged
    {
        var hashes = new ulong[values.ValueCount];
        var span = values.Values;
        for (var i = 0; i < hashes.Length; i++)
            hashes[i] = StableHash.Mix(bits(span[i]));
        return hashes;
    }

    private static ulong[] Of(BytesValues values)
    {
        var hashes = new ulong[values.ValueCount];
        for (var i = 0; i < hashes.Length; i++)
            hashes[i] = StableHash.Of(values[i]);
        return hashes;
    }
}
