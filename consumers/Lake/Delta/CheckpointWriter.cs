using Streaming.Lake.Parquet;
using Streaming.Lake.Parquet.Values;
using Streaming.Lake.Parquet.Writing;

namespace Streaming.Lake.Delta;

/// <summary>Writes a checkpoint: a Parquet file with a row for each action, whose column alone is not null.</summary>
internal sealed class CheckpointWriter
{
    private static readonly LogicalType _text = new(LogicalKind.Text);

    private static readonly ParquetSchema _schema = new(
    [
        Struct("txn", Text("appId"), Number("version"), Number("lastUpdated")),
        Struct("add", Text("path"), Map("partitionValues"), Number("size"), Number("modificationTime"), Flag("dataChange"), Text("stats")),
        Struct("remove", Text("path"), Number("deletionTimestamp"), Flag("dataChange"), Flag("extendedFileMetadata"), Map("partitionValues"), Number("size")),
        Struct("metaData",
            Text("id"), Text("name"), Text("description"), Struct("format", Text("provider"), Map("options")), Text("schemaString"),
            ParquetField.List("partitionColumns", isNullable: true, Text("element")), Map("configuration"), Number("createdTime")),
        Struct("protocol", ParquetField.Leaf("minReaderVersion", isNullable: true, PhysicalType.Int32), ParquetField.Leaf("minWriterVersion", isNullable: true, PhysicalType.Int32)),
    ]);

    private readonly Dictionary<string, ColumnValues> _columns = _schema.Columns.ToDictionary(column => column.Name, ColumnValues.Create);
    private readonly HashSet<string> _filled = [];

    public static ReadOnlyMemory<byte> Write(IReadOnlyList<DeltaAction> actions)
    {
        var rows = new CheckpointWriter();
        foreach (var action in actions)
            rows.Add(action);
        var file = new ParquetWriter(_schema);
        file.WriteRowGroup([.. _schema.Columns.Select(column => rows._columns[column.Name])], actions.Count);
        return file.Finish().Bytes;
    }

    private void Add(DeltaAction action)
    {
        _filled.Clear();
        switch (action)
        {
            case AppTransaction transaction:
                Set("txn.appId", transaction.AppId);
                Set("txn.version", transaction.Version);
                Set("txn.lastUpdated", transaction.LastUpdatedMs, level: 1);
                break;
            case AddFile add: AddAdd(add); break;
            case RemoveFile remove: AddRemove(remove); break;
            case TableMetadata metadata: AddMetadata(metadata); break;
            case Protocol protocol:
                Set("protocol.minReaderVersion", protocol.MinReaderVersion);
                Set("protocol.minWriterVersion", protocol.MinWriterVersion);
                break;
            default: throw new System.Diagnostics.UnreachableException($"{action.GetType().Name} has no place in a checkpoint.");
        }

        foreach (var (name, values) in _columns)
        {
            if (!_filled.Contains(name))
                values.AddNull();
        }
    }

    private void AddAdd(AddFile add)
    {
        Set("add.path", add.Path);
        Set("add.partitionValues", add.PartitionValues);
        Set("add.size", add.SizeBytes);
        Set("add.modificationTime", add.ModifiedAtMs);
        Set("add.dataChange", flag: false);
        Set("add.stats", add.Stats);
    }

    private void AddRemove(RemoveFile remove)
    {
        Set("remove.path", remove.Path);
        Set("remove.deletionTimestamp", remove.DeletedAtMs);
        Set("remove.dataChange", flag: false);
        Set("remove.extendedFileMetadata", remove is { PartitionValues: not null, SizeBytes: not null });
        Set("remove.partitionValues", remove.PartitionValues);
        Set("remove.size", remove.SizeBytes, level: 1);
    }

    private void AddMetadata(TableMetadata metadata)
    {
        Set("metaData.id", metadata.Id);
        Set("metaData.name", metadata.Name);
        Set("metaData.description", metadata.Description);
        Set("metaData.format.provider", "parquet", level: 2);
        Set("metaData.format.options", new Dictionary<string, string?>(), level: 2);
        Set("metaData.schemaString", DeltaSchemaJson.Write(metadata.Schema));
        SetList("metaData.partitionColumns.list.element", metadata.PartitionColumns);
        Set("metaData.configuration", metadata.Configuration.ToDictionary(setting => setting.Key, string? (setting) => setting.Value));
        Set("metaData.createdTime", metadata.CreatedAtMs, level: 1);
    }

    /// <param name="level">How many of the groups above are there.</param>
    private void Set(string column, string? text, int level = 1)
    {
        if (text is null)
            Column(column).AddNull(level);
        else
            ((BytesValues)Column(column)).Add(text);
    }

    private void Set(string column, long? number, int level)
    {
        if (number is { } value)
            ((FixedValues<long>)Column(column)).Add(value);
        else
            Column(column).AddNull(level);
    }

    private void Set(string column, long number) => Set(column, number, level: 1);

    private void Set(string column, int number) => ((FixedValues<int>)Column(column)).Add(number);

    private void Set(string column, bool flag) => ((FixedValues<bool>)Column(column)).Add(flag);

    private void Set(string column, IReadOnlyDictionary<string, string?>? map, int level = 1)
    {
        var (keys, values) = ((BytesValues)Column(column + ".key_value.key"), (BytesValues)Column(column + ".key_value.value"));
        if (map is null or { Count: 0 })
        {
            keys.AddNull(map is null ? level : level + 1);
            values.AddNull(map is null ? level : level + 1);
            return;
        }
        var repetition = 0;
        foreach (var (key, value) in map)
        {
            keys.Add(key, repetition);
            if (value is null)
                values.AddNull(level + 2, repetition);
            else
                values.Add(value, repetition);
            repetition = 1;
        }
    }

    private void SetList(string column, IReadOnlyList<string> texts)
    {
        var values = (BytesValues)Column(column);
        if (texts.Count == 0)
            values.AddNull(2);
        for (var i = 0; i < texts.Count; i++)
            values.Add(texts[i], i == 0 ? 0 : 1);
    }

    private ColumnValues Column(string name)
    {
        _filled.Add(name);
        return _columns[name];
    }

    private static ParquetField Struct(string name, params ParquetField[] members) => ParquetField.Group(name, isNullable: true, members);

    private static ParquetField Text(string name) => ParquetField.Leaf(name, isNullable: true, PhysicalType.ByteArray, _text);

    private static ParquetField Number(string name) => ParquetField.Leaf(name, isNullable: true, PhysicalType.Int64);

    private static ParquetField Flag(string name) => ParquetField.Leaf(name, isNullable: true, PhysicalType.Boolean);

    private static ParquetField Map(string name)
    {
        var pair = new ParquetField("key_value", Repetition.Repeated, null, default, 0, [ParquetField.Leaf("key", isNullable: false, PhysicalType.ByteArray, _text), Text("value")]);
        return ParquetField.Group(name, isNullable: true, [pair]) with { Logical = new(LogicalKind.Map) };
    }
}
