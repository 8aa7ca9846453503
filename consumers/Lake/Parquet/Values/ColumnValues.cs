using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Streaming.Lake.Parquet.Values;

/// <summary>What a column holds of some rows: values side by side, without those that are null, and levels that say where nulls and lists are.</summary>
/// <remarks>
/// An entry is a value, or the absence of one. A flat column has one entry per row; a column within a list has one per element, or one for a list
/// that is empty or null. Levels are kept a byte per entry, and not at all where the schema leaves nothing open (Dremel; parquet-format, "Nested Encoding").
/// </remarks>
internal abstract class ColumnValues(ParquetColumn column)
{
    private readonly ByteBuffer? _definitions = column.MaxDefinition > 0 ? new() : null;
    private readonly ByteBuffer? _repetitions = column.MaxRepetition > 0 ? new() : null;

    public ParquetColumn Column => column;

    /// <summary>Values, and absences of values.</summary>
    public int EntryCount { get; private set; }

    public abstract int ValueCount { get; }

    public int NullCount => EntryCount - ValueCount;

    /// <summary>One per entry; empty where every entry has a value.</summary>
    public ReadOnlySpan<byte> Definitions => _definitions is null ? [] : _definitions.Span;

    /// <summary>One per entry; empty outside lists.</summary>
    public ReadOnlySpan<byte> Repetitions => _repetitions is null ? [] : _repetitions.Span;

    /// <summary>How many bytes the values take, roughly: what decides when a row group is full.</summary>
    public abstract long SizeBytes { get; }

    public static ColumnValues Create(ParquetColumn column) => column.Physical switch
    {
        PhysicalType.Boolean => new FixedValues<bool>(column),
        PhysicalType.Int32 => new FixedValues<int>(column),
        PhysicalType.Int64 => new FixedValues<long>(column),
        PhysicalType.Float => new FixedValues<float>(column),
        PhysicalType.Double => new FixedValues<double>(column),
        PhysicalType.Int96 => new BytesValues(column, fixedLength: 12),
        PhysicalType.FixedLengthByteArray => new BytesValues(column, column.Field.TypeLength),
        PhysicalType.ByteArray => new BytesValues(column, fixedLength: null),
        _ => throw new UnreachableException($"No values for {column.Physical}; add them above."),
    };

    /// <summary>An entry without a value.</summary>
    /// <param name="definition">How far the path to it is there.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddNull(int definition = 0, int repetition = 0)
    {
        Debug.Assert(definition < column.MaxDefinition, "An entry of the highest level has a value.");
        AddEntry((byte)definition, (byte)repetition);
    }

    /// <summary>Appends those rows of another chunk of the same column that are to be kept.</summary>
    public void AddRows(ColumnValues source, ReadOnlySpan<bool> isKept)
    {
        var definitions = source.Definitions;
        var repetitions = source.Repetitions;
        var (row, value) = (-1, 0);
        for (var entry = 0; entry < source.EntryCount; entry++)
        {
            row += repetitions.IsEmpty || repetitions[entry] == 0 ? 1 : 0;
            var hasValue = definitions.IsEmpty || definitions[entry] == source.Column.MaxDefinition;
            if (isKept[row])
            {
                AddEntry((byte)(hasValue ? column.MaxDefinition : definitions[entry]), repetitions.IsEmpty ? (byte)0 : repetitions[entry]);
                if (hasValue)
                    AddValue(source, value);
            }
            value += hasValue ? 1 : 0;
        }
    }

    /// <summary>So many rows in which the column is null.</summary>
    public void AddNulls(int count)
    {
        _definitions!.Fill(0, count);
        _repetitions?.Fill(0, count);
        EntryCount += count;
    }

    public virtual void Clear()
    {
        _definitions?.Clear();
        _repetitions?.Clear();
        EntryCount = 0;
    }

    /// <summary>Levels as a file has them. Values come from <see cref="Reading.ChunkReader"/>.</summary>
    internal void AddLevels(ReadOnlySpan<byte> definitions, ReadOnlySpan<byte> repetitions, int entryCount)
    {
        _definitions?.Add(definitions);
        _repetitions?.Add(repetitions);
        EntryCount += entryCount;
    }

    protected abstract void AddValue(ColumnValues source, int index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected void AddEntry(byte definition, byte repetition)
    {
        _definitions?.Add(definition);
        _repetitions?.Add(repetition);
        EntryCount++;
    }

    /// <summary>The levels of an entry that has a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected void AddFullEntry(int repetition) => AddEntry((byte)column.MaxDefinition, (byte)repetition);
}
