using Streaming.Lake.Parquet.Values;

namespace Streaming.Lake.Parquet.Writing;

/// <summary>Writes a Parquet file into memory: row group after row group, then the footer.</summary>
/// <remarks>Layout: <c>PAR1</c>, the chunks of each row group, the footer in Thrift, its length, <c>PAR1</c>.</remarks>
internal sealed class ParquetWriter
{
    public static ReadOnlySpan<byte> Magic => "PAR1"u8;

    private readonly ParquetSchema _schema;
    private readonly ByteBuffer _file;
    private readonly ColumnChunkWriter _chunks;
    private readonly List<RowGroup> _rowGroups = [];

    public ParquetWriter(ParquetSchema schema, Compression compression = Compression.Snappy)
    {
        if (compression is not (Compression.None or Compression.Snappy))
            throw new ArgumentException($"Files are written with Snappy or without compression, not with {compression}.", nameof(compression));
        (_schema, _chunks, _file) = (schema, new(compression), new(1 << 16));
        _file.Add(Magic);
    }

    /// <summary>How long the file is so far, without its footer.</summary>
    public int Length => _file.Length;

    /// <param name="columns">One for each leaf of the schema, in its order, all of as many rows.</param>
    public void WriteRowGroup(IReadOnlyList<ColumnValues> columns, long rowCount)
    {
        if (columns.Count != _schema.Columns.Count)
            throw new ArgumentException($"{columns.Count} columns for a schema of {_schema.Columns.Count}.", nameof(columns));
        var start = _file.Length;
        var chunks = new List<ColumnChunk>(columns.Count);
        foreach (var values in columns)
        {
            if (values.Column.MaxRepetition == 0 ? values.EntryCount != rowCount : values.Repetitions.Count((byte)0) != rowCount)
                throw new ArgumentException($"{values.Column.Name} has other rows than the {rowCount} of its row group.", nameof(columns));
            chunks.Add(_chunks.Write(values, _file));
        }
        _rowGroups.Add(new(chunks, rowCount, start));
    }

    /// <summary>Writes the footer. The file is whole then, and nothing more can be added.</summary>
    public WrittenFile Finish()
    {
        var start = _file.Length;
        FooterWriter.Write(_file, _schema, _rowGroups);
        _file.AddInt32(_file.Length - start);
        _file.Add(Magic);
        return new(_file.Memory, _rowGroups.Sum(group => group.RowCount), Statistics());
    }

    private List<ColumnStatistics> Statistics()
    {
        var columns = new List<ColumnStatistics>();
        for (var i = 0; i < _schema.Columns.Count && _rowGroups.Count > 0; i++)
            columns.Add(_rowGroups.Select(group => group.Columns[i].Statistics).Aggregate((left, right) => left.With(right)));
        return columns;
    }
}

internal sealed record RowGroup(IReadOnlyList<ColumnChunk> Columns, long RowCount, long StartsAt);

/// <param name="Bytes">The whole file.</param>
/// <param name="Columns">What is known of each leaf, over all row groups; empty for a file without rows.</param>
internal sealed record WrittenFile(ReadOnlyMemory<byte> Bytes, long RowCount, IReadOnlyList<ColumnStatistics> Columns);
