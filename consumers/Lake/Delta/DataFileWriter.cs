using Streaming.Lake.Parquet;
using Streaming.Lake.Parquet.Values;
using Streaming.Lake.Parquet.Writing;

namespace Streaming.Lake.Delta;

/// <summary>Writes one file of a table, row group after row group, and says what the log must say of it.</summary>
/// <param name="partitionValues">The same for all rows of the file.</param>
internal sealed class DataFileWriter(ParquetSchema schema, IReadOnlyDictionary<string, string?> partitionValues)
{
    private readonly ParquetWriter _file = new(schema);

    public int SizeBytes => _file.Length;

    public void Add(IReadOnlyList<ColumnValues> columns, int rowCount) => _file.WriteRowGroup(columns, rowCount);

    /// <summary>Puts the file where it belongs. It is part of the table once a commit adds it.</summary>
    public async Task<AddFile> SaveAsync(DeltaTable table, bool dataChange, CancellationToken cancellationToken)
    {
        var written = _file.Finish();
        var folder = string.Concat(partitionValues.Select(value => $"{value.Key}={value.Value ?? "__HIVE_DEFAULT_PARTITION__"}/"));
        var path = $"{folder}part-{Guid.CreateVersion7():N}.snappy.parquet";
        await table.Store.WriteAsync($"{table.Root}/{path}", written.Bytes, cancellationToken);
        return new(path, partitionValues, written.Bytes.Length, table.Time.GetUtcNow().ToUnixTimeMilliseconds(), dataChange, FileStats.Write(written));
    }
}
