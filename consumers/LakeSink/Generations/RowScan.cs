using Streaming.Lake.Delta;
using Streaming.Lake.Parquet.Values;
using Streaming.LakeSink.Tables;

namespace Streaming.LakeSink.Generations;

/// <summary>Reads a table's rows, file after file, in those columns that are compared.</summary>
/// <param name="table">Null: the generation does not have it, and so no rows.</param>
internal sealed class RowScan(TableView? table, ComparedColumns compared)
{
    private static readonly string[] _place = ["_topic", EventSchemas.Partition, EventSchemas.Offset];

    /// <param name="mayHold">Whether a file may have rows that matter.</param>
    public async Task RunAsync(Func<AddFile, bool> mayHold, Action<ScannedRow> visit, CancellationToken cancellationToken)
    {
        foreach (var file in table?.Files.Where(mayHold) ?? [])
        {
            var reader = await table!.ReadAsync(file, cancellationToken);
            for (var group = 0; group < reader.RowGroupCount; group++)
                Visit(reader, group, file, visit);
        }
    }

    private void Visit(DataFileReader reader, int group, AddFile file, Action<ScannedRow> visit)
    {
        var columns = compared.Paths.Union(_place).ToDictionary(path => path, path => reader.Read(group, path));
        var day = file.PartitionValues.GetValueOrDefault(EventSchemas.Date);
        var rows = new RowGroup(columns, compared.Paths, day);
        var hashes = RowHashes.Of(reader.Schema, rows.Compared, day, reader.RowCount(group));
        var topics = (BytesValues)columns[_place[0]];
        var partitions = ((FixedValues<int>)columns[_place[1]]).Values;
        var offsets = ((FixedValues<long>)columns[_place[2]]).Values;
        var place = new Place("", -1);
        var topic = Array.Empty<byte>();
        for (var row = 0; row < hashes.Length; row++)
        {
            if (!topics[row].SequenceEqual(topic))
                (topic, place) = (topics[row].ToArray(), new(System.Text.Encoding.UTF8.GetString(topics[row]), -1));
            if (partitions[row] != place.Partition)
                place = place with { Partition = partitions[row] };
            visit(new(place, offsets[row], hashes[row], rows, row));
        }
    }
}

/// <param name="Hash">Of what it holds in the compared columns.</param>
/// <param name="Group">Where its values are.</param>
/// <param name="Index">Its place in there.</param>
internal readonly record struct ScannedRow(Place Place, long Offset, ulong Hash, RowGroup Group, int Index);

/// <summary>Rows that were read together.</summary>
internal sealed class RowGroup(IReadOnlyDictionary<string, ColumnValues> columns, IReadOnlyList<string> compared, string? day)
{
    public IReadOnlyDictionary<string, ColumnValues> Compared { get; } = compared.ToDictionary(path => path, path => columns[path]);

    /// <summary>What a row holds, for a person, by column.</summary>
    public Dictionary<string, string> Text(int row)
    {
        var text = Compared.ToDictionary(column => ComparedColumns.NameOf(column.Key), column => CellText.Of(column.Value, row));
        text[EventSchemas.Date] = day ?? "null";
        return text;
    }
}
