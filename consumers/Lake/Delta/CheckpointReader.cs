using Streaming.Lake.Parquet.Reading;
using Streaming.Lake.Parquet.Values;

namespace Streaming.Lake.Delta;

/// <summary>Reads a checkpoint: a Parquet file with a row for each action that still counts (Delta protocol, "Checkpoint Schema").</summary>
internal static class CheckpointReader
{
    public static List<DeltaAction> Read(ReadOnlyMemory<byte> bytes)
    {
        var file = ParquetFile.Open(bytes);
        var actions = new List<DeltaAction>();
        for (var group = 0; group < file.RowGroups.Count; group++)
        {
            var rows = new CheckpointRows(file, group);
            for (var row = 0; row < file.RowGroups[group].RowCount; row++)
            {
                if (ReadAction(rows, row) is { } action)
                    actions.Add(action);
            }
        }
        return actions;
    }

    private static DeltaAction? ReadAction(CheckpointRows rows, int row)
    {
        if (rows.Text("add.path", row) is { } added)
        {
            if (rows.Text("add.deletionVector.storageType", row) is not null)
                throw new UnsupportedTableException($"{added} has a deletion vector; such tables are not read here.");
            return new AddFile(
                added, rows.Map("add.partitionValues", row), rows.Number("add.size", row) ?? 0, rows.Number("add.modificationTime", row) ?? 0,
                DataChange: false, rows.Text("add.stats", row));
        }
        if (rows.Text("remove.path", row) is { } removed)
            return new RemoveFile(removed, rows.Number("remove.deletionTimestamp", row) ?? 0, DataChange: false);
        if (rows.Text("txn.appId", row) is { } appId)
            return new AppTransaction(appId, rows.Number("txn.version", row) ?? 0, rows.Number("txn.lastUpdated", row));
        if (rows.Number("protocol.minReaderVersion", row) is { } readers)
            return new Protocol(checked((int)readers), checked((int)(rows.Number("protocol.minWriterVersion", row) ?? 0)), rows.List("protocol.readerFeatures", row));
        if (rows.Text("metaData.schemaString", row) is not { } schema)
            return null;
        return new TableMetadata(
            rows.Text("metaData.id", row) ?? "", DeltaSchemaJson.Parse(schema), rows.List("metaData.partitionColumns", row),
            rows.Map("metaData.configuration", row).ToDictionary(setting => setting.Key, setting => setting.Value ?? ""),
            rows.Number("metaData.createdTime", row), rows.Text("metaData.name", row), rows.Text("metaData.description", row));
    }
}

/// <summary>The cells of one row group by column path and row; a column that the file does not have is null throughout.</summary>
internal sealed class CheckpointRows(ParquetFile file, int group)
{
    private readonly Dictionary<string, Cells?> _columns = [];

    public string? Text(string path, int row) => Column(path) is { } cells && cells.First(row) is { } value ? cells.Text(value) : null;

    public long? Number(string path, int row) => Column(path) is { } cells && cells.First(row) is { } value ? cells.Number(value) : null;

    public List<string> List(string path, int row) =>
        (Column(path + ".list.element") ?? Column(path + ".list.item") ?? Column(path + ".array")) is { } cells ? [.. cells.All(row).OfType<int>().Select(cells.Text)] : [];

    public Dictionary<string, string?> Map(string path, int row)
    {
        if ((Column(path + ".key_value.key") ?? Column(path + ".entries.key")) is not { } keys || (Column(path + ".key_value.value") ?? Column(path + ".entries.value")) is not { } values)
            return [];
        var map = new Dictionary<string, string?>();
        foreach (var (key, value) in keys.All(row).Zip(values.All(row)))
        {
            if (key is { } known)
                map[keys.Text(known)] = value is { } there ? values.Text(there) : null;
        }
        return map;
    }

    private Cells? Column(string path)
    {
        if (_columns.TryGetValue(path, out var known))
            return known;
        var column = file.Schema.Columns.FirstOrDefault(column => column.Name == path);
        return _columns[path] = column is null ? null : new Cells(file.Read(group, column.Index));
    }

    /// <summary>Where in a column the entries of each row are.</summary>
    private sealed class Cells
    {
        private readonly ColumnValues _values;
        private readonly int?[] _valueOfEntry;
        private readonly List<int> _firstEntries = [];

        public Cells(ColumnValues values)
        {
            _values = values;
            _valueOfEntry = new int?[values.EntryCount];
            var next = 0;
            for (var entry = 0; entry < values.EntryCount; entry++)
            {
                if (values.Repetitions.IsEmpty || values.Repetitions[entry] == 0)
                    _firstEntries.Add(entry);
                if (values.Definitions.IsEmpty || values.Definitions[entry] == values.Column.MaxDefinition)
                    _valueOfEntry[entry] = next++;
            }
        }

        public int? First(int row) => _valueOfEntry[_firstEntries[row]];

        public int?[] All(int row) =>
            _valueOfEntry[_firstEntries[row]..(row + 1 < _firstEntries.Count ? _firstEntries[row + 1] : _valueOfEntry.Length)];

        public string Text(int value) => _values is BytesValues bytes
            ? System.Text.Encoding.UTF8.GetString(bytes[value])
            : throw new MalformedTableException($"{_values.Column.Name} of the checkpoint is no text.");

        public long Number(int value) => _values switch
        {
            FixedValues<long> numbers => numbers.Values[value],
            FixedValues<int> numbers => numbers.Values[value],
            _ => throw new MalformedTableException($"{_values.Column.Name} of the checkpoint is no number."),
        };
    }
}
