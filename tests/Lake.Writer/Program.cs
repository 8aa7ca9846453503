using System.Globalization;
using Streaming.Lake.Delta;
using Streaming.Lake.Parquet.Values;
using Streaming.Lake.Storage;

// Appends numbers to a table for ever, from where its transaction says, to be killed at any moment; merges small files now and then.
var store = new LocalStore(args[0]);
using var table = new DeltaTable(store, "numbers", TimeProvider.System, checkpointEvery: 5);
var schema = new StructType([new("number", DeltaType.Long, IsNullable: false), new("day", DeltaType.Date, IsNullable: false)]);
var columns = TableColumns.InFiles(schema, ["day"]);
var random = new Random(int.Parse(args[1], CultureInfo.InvariantCulture));
var next = await table.LookAsync(snapshot => snapshot.VersionOf("numbers") ?? 0, isNewest: true, CancellationToken.None);
Console.WriteLine(next);
for (var round = 1; ; round++)
{
    var (count, values) = (random.Next(1, 200), (FixedValues<long>)ColumnValues.Create(columns.Columns[0]));
    for (var i = 0; i < count; i++)
        values.Add(next + i);
    var writer = new DataFileWriter(columns, new Dictionary<string, string?> { ["day"] = "2026-11-21" });
    writer.Add([values], count);
    var file = await writer.SaveAsync(table, dataChange: true, CancellationToken.None);
    next += count;
    await table.CommitAsync("WRITE", snapshot => snapshot.Exists
        ? [file, new AppTransaction("numbers", next)]
        : [Protocol.Plain, new TableMetadata(Guid.NewGuid().ToString(), schema, ["day"], new Dictionary<string, string>()), file, new AppTransaction("numbers", next)], CancellationToken.None);
    if (round % 7 == 0)
        await Compaction.RunAsync(table, new(FilesMin: 4), CancellationToken.None);
}
