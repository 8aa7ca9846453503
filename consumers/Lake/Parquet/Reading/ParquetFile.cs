using System.Buffers.Binary;
using Streaming.Lake.Parquet.Values;
using Streaming.Lake.Parquet.Writing;

namespace Streaming.Lake.Parquet.Reading;

/// <summary>A Parquet file in memory, read column by column.</summary>
/// <remarks>Trusts nothing: every position and length is checked against the file before anything is allocated for it.</remarks>
internal sealed class ParquetFile
{
    private const int TailBytes = 8;

    private readonly ReadOnlyMemory<byte> _bytes;

    private ParquetFile(ReadOnlyMemory<byte> bytes, Footer footer) => (_bytes, Schema, RowGroups) = (bytes, footer.Schema, footer.RowGroups);

    public ParquetSchema Schema { get; }

    public IReadOnlyList<StoredRowGroup> RowGroups { get; }

    public long RowCount => RowGroups.Sum(group => group.RowCount);

    /// <exception cref="MalformedParquetException">The bytes are no Parquet file.</exception>
    /// <exception cref="UnsupportedParquetException">Its footer is encrypted.</exception>
    public static ParquetFile Open(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.Length < ParquetWriter.Magic.Length + TailBytes || !span.StartsWith(ParquetWriter.Magic))
            throw new MalformedParquetException($"{span.Length} bytes that do not begin as a Parquet file.");
        if (span.EndsWith("PARE"u8))
            throw new UnsupportedParquetException("The file's footer is encrypted.");
        if (!span.EndsWith(ParquetWriter.Magic))
            throw new MalformedParquetException("The file does not end as a Parquet file: it is cut off, or was never finished.");
        var footerBytes = BinaryPrimitives.ReadInt32LittleEndian(span[^TailBytes..]);
        if (footerBytes <= 0 || footerBytes > span.Length - TailBytes - ParquetWriter.Magic.Length)
            throw new MalformedParquetException($"A footer of {footerBytes} bytes in a file of {span.Length}.");
        return new(bytes, FooterReader.Read(span[^(TailBytes + footerBytes)..^TailBytes]));
    }

    /// <summary>What a column holds of the rows of one group.</summary>
    public ColumnValues Read(int rowGroup, int column)
    {
        var (chunk, rowCount) = (RowGroups[rowGroup].Columns[column], RowGroups[rowGroup].RowCount);
        var values = new ChunkReader(_bytes.Span, Schema.Columns[column], chunk).Read();
        var rows = Schema.Columns[column].MaxRepetition == 0 ? values.EntryCount : values.Repetitions.Count((byte)0);
        return rows == rowCount
            ? values
            : throw new MalformedParquetException($"{Schema.Columns[column].Name} has {rows} rows where the row group has {rowCount}.");
    }
}

internal sealed record StoredRowGroup(IReadOnlyList<StoredChunk> Columns, long RowCount);

/// <summary>Where a file says that a column's values of a row group lie.</summary>
internal sealed record StoredChunk(PhysicalType Physical, Compression Compression, long EntryCount, long CompressedBytes, long DataAt, long DictionaryAt)
{
    public long StartsAt => DictionaryAt > 0 ? Math.Min(DictionaryAt, DataAt) : DataAt;
}

internal sealed record Footer(ParquetSchema Schema, IReadOnlyList<StoredRowGroup> RowGroups);
