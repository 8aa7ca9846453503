using Streaming.Lake.Delta;
using Streaming.Lake.Parquet.Reading;
using Streaming.Lake.Parquet.Values;
using Streaming.Lake.Storage;

namespace Streaming.Lake.Tests.Support;

/// <summary>A small table of numbers by day, and the ways in which tests write to it.</summary>
internal static class CountTable
{
    public const string AppId = "numbers";

    public static readonly StructType Schema = new(
        [new("number", DeltaType.Long, IsNullable: false), new("name", DeltaType.Text, IsNullable: true), new("day", DeltaType.Date, IsNullable: false)]);

    public static DeltaTable Open(ITableStore store, TimeProvider time, int checkpointEvery = 10) => new(store, "numbers", time, checkpointEvery);

    /// <summary>Appends the numbers in a file of their own, and says that they are there up to before the last.</summary>
    public static async Task AppendAsync(DeltaTable table, int first, int count, string day = "2026-11-21", StructType? schema = null)
    {
        schema ??= Schema;
        var file = await WriteAsync(table, schema, first, count, day);
        await table.CommitAsync("WRITE", snapshot => [.. Creation(snapshot, schema), file, new AppTransaction(AppId, first + count)], CancellationToken.None);
    }

    public static IReadOnlyList<DeltaAction> Creation(Snapshot snapshot, StructType schema)
    {
        if (!snapshot.Exists)
            return [Protocol.Plain, new TableMetadata("id", schema, ["day"], new Dictionary<string, string>())];
        var merged = SchemaEvolution.Merge(snapshot.Metadata!.Schema, schema);
        return merged == snapshot.Metadata.Schema ? [] : [snapshot.Metadata with { Schema = merged }];
    }

    public static async Task<AddFile> WriteAsync(DeltaTable table, StructType schema, int first, int count, string day)
    {
        var columns = TableColumns.InFiles(schema, ["day"]);
        var values = columns.Columns.Select(ColumnValues.Create).ToList();
        for (var number = first; number < first + count; number++)
        {
            ((FixedValues<long>)values[0]).Add(number);
            if (number % 3 == 0)
                values[1].AddNull();
            else
                ((BytesValues)values[1]).Add($"number {number}");
            foreach (var more in values.Skip(2))
                ((FixedValues<int>)more).Add(number);
        }
        var file = new DataFileWriter(columns, new Dictionary<string, string?> { ["day"] = day });
        file.Add(values, count);
        return await file.SaveAsync(table, dataChange: true, CancellationToken.None);
    }

    /// <summary>The numbers in the table as it is now, read from the start.</summary>
    public static async Task<List<long>> NumbersAsync(ITableStore store, long? version = null)
    {
        var snapshot = await new DeltaLog(store, "numbers/").ReadAsync(version, CancellationToken.None);
        var numbers = new List<long>();
        foreach (var file in snapshot.Files)
        {
            var bytes = await store.ReadAsync("numbers/" + file.Location, CancellationToken.None) ?? throw new InvalidOperationException($"{file.Path} is not there.");
            numbers.AddRange(Rows.Of(ParquetFile.Open(bytes)).Select(row => row["number"]!.GetValue<long>()));
        }
        numbers.Sort();
        return numbers;
    }

    public static async Task<Snapshot> SnapshotAsync(ITableStore store) => await new DeltaLog(store, "numbers/").ReadAsync(version: null, CancellationToken.None);

    public static IEnumerable<long> Range(int count) => Enumerable.Range(0, count).Select(number => (long)number);
}
