using Streaming.Lake.Delta;
using Streaming.Lake.Parquet.Values;
using Streaming.Lake.Storage;

namespace Streaming.LakeSink.Tests.Support;

/// <summary>What somebody does to a table by hand, past the sink.</summary>
internal static class Damage
{
    /// <summary>Writes the row of an offset anew: not at all, twice, or with another quantity.</summary>
    public static async Task ChangeAsync(ITableStore store, int generation, string name, long offset, int copies, int? quantity = null)
    {
        using var table = new DeltaTable(store, $"g{generation}/{name}", TimeProvider.System);
        var (files, metadata) = await table.LookAsync(snapshot => (snapshot.Files.ToList(), snapshot.Metadata!), isNewest: true, CancellationToken.None);
        var schema = TableColumns.InFiles(metadata.Schema, metadata.PartitionColumns);
        var changed = 0;
        foreach (var file in files.Where(file => FileStats.Bounds(file, "_offset") is var (min, max) && min <= offset && offset <= max))
        {
            var reader = await DataFileReader.OpenAsync(table, file, schema, CancellationToken.None);
            var writer = new DataFileWriter(schema, file.PartitionValues);
            // A file that was changed before has a row group for each of both.
            foreach (var (group, isOurs) in Enumerable.Range(0, reader.RowGroupCount).SelectMany(group => new[] { (group, false), (group, true) }))
            {
                var kept = ((FixedValues<long>)reader.Read(group, "_offset")).Values.ToArray().Select(at => (at == offset) == isOurs).ToArray();
                if (!kept.Contains(true))
                    continue;
                var columns = schema.Columns.Select(column => Changed(reader.Read(group, column), kept, isOurs ? copies : 1, isOurs && column.Name == "quantity" ? quantity : null)).ToList();
                if (columns[0].EntryCount > 0)
                    writer.Add(columns, columns[0].EntryCount);
                changed += isOurs ? kept.Count(isKept => isKept) : 0;
            }
            var added = await writer.SaveAsync(table, dataChange: true, CancellationToken.None);
            await table.CommitAsync("TEST", _ => [RemoveFile.Of(file, 1, dataChange: true), added], CancellationToken.None);
        }
        changed.ShouldBe(1);
    }

    private static ColumnValues Changed(ColumnValues source, bool[] kept, int copies, int? quantity)
    {
        var changed = ColumnValues.Create(source.Column);
        for (var copy = 0; copy < copies; copy++)
        {
            if (quantity is { } other)
                ((FixedValues<int>)changed).Add(other);
            else
                changed.AddRows(source, kept);
        }
        return changed;
    }
}
