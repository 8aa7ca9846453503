using Streaming.Lake.Parquet;
using Streaming.Lake.Parquet.Reading;
using Streaming.Lake.Parquet.Values;
using Streaming.Lake.Storage;

namespace Streaming.Lake.Delta;

/// <summary>Reads a file of a table in the table's present columns: those that were added later are null.</summary>
internal sealed class DataFileReader
{
    private readonly ParquetFile _file;
    private readonly ParquetSchema _schema;
    private readonly Dictionary<string, ParquetColumn> _stored;

    private DataFileReader(ParquetFile file, ParquetSchema schema)
    {
        (_file, _schema) = (file, schema);
        _stored = file.Schema.Columns.ToDictionary(column => column.Name);
    }

    /// <summary>The table's columns, as files have them.</summary>
    public ParquetSchema Schema => _schema;

    public int RowGroupCount => _file.RowGroups.Count;

    public int RowCount(int group) => checked((int)_file.RowGroups[group].RowCount);

    public static Task<DataFileReader> OpenAsync(DeltaTable table, AddFile file, ParquetSchema schema, CancellationToken cancellationToken) =>
        OpenAsync(table.Store, table.Root, file, schema, cancellationToken);

    /// <param name="root">The table's folder within the store.</param>
    /// <exception cref="MissingFileException">The file is not there.</exception>
    public static async Task<DataFileReader> OpenAsync(ITableStore store, string root, AddFile file, ParquetSchema schema, CancellationToken cancellationToken)
    {
        var path = $"{root}/{file.Location}";
        return new(ParquetFile.Open(await store.ReadAsync(path, cancellationToken) ?? throw new MissingFileException(path)), schema);
    }

    public ColumnValues Read(int group, ParquetColumn column)
    {
        if (!_stored.TryGetValue(column.Name, out var stored))
            return Absent(group, column);
        if (stored.Physical != column.Physical || stored.Field.TypeLength != column.Field.TypeLength
            || stored.MaxDefinition != column.MaxDefinition || stored.MaxRepetition != column.MaxRepetition)
            throw new UnsupportedTableException($"{column.Name} lies in a file otherwise than the table's schema has it; such files are not rewritten here.");
        return _file.Read(group, stored.Index);
    }

    public ColumnValues Read(int group, string column) => Read(group, _schema.Columns.First(candidate => candidate.Name == column));

    public IReadOnlyList<ColumnValues> ReadAll(int group) => [.. _schema.Columns.Select(column => Read(group, column))];

    private ColumnValues Absent(int group, ParquetColumn column)
    {
        var values = ColumnValues.Create(column);
        var parent = column.MaxDefinition - 1;
        if (column.Path.Count == 1)
        {
            values.AddNulls(RowCount(group));
            return values;
        }

        // A member added to records in a list: where they are is seen from the members that they had.
        var above = string.Join('.', column.Path.SkipLast(1)) + ".";
        if (_stored.Values.FirstOrDefault(candidate => candidate.Name.StartsWith(above, StringComparison.Ordinal) && candidate.MaxRepetition == column.MaxRepetition) is not { } sibling)
        {
            if (column.MaxRepetition > 0)
                throw new UnsupportedTableException($"{column.Name} is not in a file of the table, nor is anything beside it.");
            values.AddNulls(RowCount(group));
            return values;
        }
        var levels = _file.Read(group, sibling.Index);
        for (var entry = 0; entry < levels.EntryCount; entry++)
        {
            values.AddNull(
                Math.Min(parent, levels.Definitions.IsEmpty ? parent : levels.Definitions[entry]),
                levels.Repetitions.IsEmpty ? 0 : levels.Repetitions[entry]);
        }
        return values;
    }
}
