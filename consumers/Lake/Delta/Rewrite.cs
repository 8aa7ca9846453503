using Streaming.Lake.Parquet;
using Streaming.Lake.Parquet.Values;

namespace Streaming.Lake.Delta;

/// <summary>Some of a table's files, replaced by others that hold the same rows, or fewer.</summary>
/// <param name="Added">Written already, and part of the table once they are committed.</param>
internal sealed record Rewrite(IReadOnlyList<AddFile> Removed, IReadOnlyList<AddFile> Added)
{
    private const int RowsMax = 250_000;
    private const long RowGroupBytesMax = 64L << 20;

    /// <summary>Whether the table still has all the files that are to be replaced.</summary>
    public bool Fits(Snapshot snapshot) => Removed.All(snapshot.Has);

    /// <param name="deletedAtMs">0: nobody may read the files any more, they go with the next vacuum.</param>
    public IReadOnlyList<DeltaAction> Actions(long deletedAtMs, bool dataChange) =>
        [.. Removed.Select(file => RemoveFile.Of(file, deletedAtMs, dataChange)), .. Added];

    /// <summary>Takes back what was written for nothing.</summary>
    public async Task DropAsync(DeltaTable table, CancellationToken cancellationToken)
    {
        foreach (var file in Added)
            await table.Store.DeleteAsync($"{table.Root}/{file.Location}", cancellationToken);
    }

    /// <summary>Writes the rows of several files of one partition into one.</summary>
    public static async Task<Rewrite> MergeAsync(DeltaTable table, ParquetSchema schema, IReadOnlyList<AddFile> files, CancellationToken cancellationToken)
    {
        var target = new DataFileWriter(schema, files[0].PartitionValues);
        var rows = new RowBuffer(schema);
        foreach (var file in files)
        {
            var source = await DataFileReader.OpenAsync(table, file, schema, cancellationToken);
            for (var group = 0; group < source.RowGroupCount; group++)
            {
                rows.Add(source.ReadAll(group), source.RowCount(group), isKept: null);
                if (rows.Count >= RowsMax || rows.SizeBytes >= RowGroupBytesMax)
                    rows.Flush(target);
            }
        }
        rows.Flush(target);
        return new(files, [await target.SaveAsync(table, dataChange: false, cancellationToken)]);
    }

    /// <summary>Writes each of the files that holds rows to drop again without them.</summary>
    /// <param name="keep">Says of a row group which rows stay; null where all do.</param>
    public static async Task<Rewrite> FilterAsync(
        DeltaTable table, ParquetSchema schema, IReadOnlyList<AddFile> files, Func<DataFileReader, int, bool[]?> keep, CancellationToken cancellationToken)
    {
        var (removed, added) = (new List<AddFile>(), new List<AddFile>());
        foreach (var file in files)
        {
            var source = await DataFileReader.OpenAsync(table, file, schema, cancellationToken);
            var kept = Enumerable.Range(0, source.RowGroupCount).Select(group => keep(source, group)).ToList();
            if (kept.All(mask => mask is null))
                continue;
            removed.Add(file);
            if (await FilterAsync(table, schema, file, source, kept, cancellationToken) is { } rest)
                added.Add(rest);
        }
        return new(removed, added);
    }

    private static async Task<AddFile?> FilterAsync(
        DeltaTable table, ParquetSchema schema, AddFile file, DataFileReader source, List<bool[]?> kept, CancellationToken cancellationToken)
    {
        if (kept.All(mask => mask is not null && !mask.Contains(true)))
            return null;
        var target = new DataFileWriter(schema, file.PartitionValues);
        var rows = new RowBuffer(schema);
        for (var group = 0; group < source.RowGroupCount; group++)
        {
            rows.Add(source.ReadAll(group), source.RowCount(group), kept[group]);
            rows.Flush(target);
        }
        return await target.SaveAsync(table, dataChange: true, cancellationToken);
    }

    /// <summary>Rows on their way into a row group.</summary>
    private sealed class RowBuffer(ParquetSchema schema)
    {
        private readonly List<ColumnValues> _columns = [.. schema.Columns.Select(ColumnValues.Create)];

        public int Count { get; private set; }

        public long SizeBytes => _columns.Sum(column => column.SizeBytes);

        public void Add(IReadOnlyList<ColumnValues> columns, int rowCount, bool[]? isKept)
        {
            if (isKept is null)
            {
                isKept = new bool[rowCount];
                Array.Fill(isKept, value: true);
            }
            for (var i = 0; i < _columns.Count; i++)
                _columns[i].AddRows(columns[i], isKept);
            Count += isKept.Count(isStaying => isStaying);
        }

        public void Flush(DataFileWriter target)
        {
            if (Count == 0)
                return;
            target.Add(_columns, Count);
            foreach (var column in _columns)
                column.Clear();
            Count = 0;
        }
    }
}
