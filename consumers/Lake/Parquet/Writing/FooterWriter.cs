using Streaming.Lake.Parquet.Thrift;

namespace Streaming.Lake.Parquet.Writing;

/// <summary>Writes a file's metadata, <c>FileMetaData</c> of <c>parquet.thrift</c>; the numbers are its fields'.</summary>
internal static class FooterWriter
{
    private const int FormatVersion = 2;

    public static void Write(ByteBuffer output, ParquetSchema schema, IReadOnlyList<RowGroup> rowGroups)
    {
        var thrift = new CompactWriter(output);
        thrift.BeginStruct();
        thrift.Int32(1, FormatVersion);
        thrift.BeginList(2, CompactType.Struct, 1 + schema.Fields.Sum(Count));
        WriteRoot(thrift, schema);
        foreach (var field in schema.Fields)
            WriteField(thrift, field);
        thrift.Int64(3, rowGroups.Sum(group => group.RowCount));
        thrift.BeginList(4, CompactType.Struct, rowGroups.Count);
        for (var i = 0; i < rowGroups.Count; i++)
            WriteRowGroup(thrift, rowGroups[i], i);
        thrift.Text(6, "streaming");
        // Bounds of texts are by their unsigned bytes; a reader that is not told so leaves them alone.
        thrift.BeginList(7, CompactType.Struct, schema.Columns.Count);
        foreach (var _ in schema.Columns)
        {
            thrift.BeginStruct();
            thrift.EmptyStruct(1);
            thrift.EndStruct();
        }
        thrift.EndStruct();
    }

    private static int Count(ParquetField field) => 1 + field.Children.Sum(Count);

    private static void WriteRoot(CompactWriter thrift, ParquetSchema schema)
    {
        thrift.BeginStruct();
        thrift.Text(4, "schema");
        thrift.Int32(5, schema.Fields.Count);
        thrift.EndStruct();
    }

    private static void WriteField(CompactWriter thrift, ParquetField field)
    {
        thrift.BeginStruct();
        if (field.Physical is { } physical)
            thrift.Int32(1, (int)physical);
        if (field.Physical == PhysicalType.FixedLengthByteArray)
            thrift.Int32(2, field.TypeLength);
        thrift.Int32(3, (int)field.Repetition);
        thrift.Text(4, field.Name);
        if (field.Physical is null)
            thrift.Int32(5, field.Children.Count);
        LogicalTypes.Write(thrift, field.Logical);
        thrift.EndStruct();
        foreach (var child in field.Children)
            WriteField(thrift, child);
    }

    private static void WriteRowGroup(CompactWriter thrift, RowGroup group, int ordinal)
    {
        thrift.BeginStruct();
        thrift.BeginList(1, CompactType.Struct, group.Columns.Count);
        foreach (var chunk in group.Columns)
            WriteChunk(thrift, chunk);
        thrift.Int64(2, group.Columns.Sum(chunk => chunk.UncompressedBytes));
        thrift.Int64(3, group.RowCount);
        thrift.Int64(5, group.StartsAt);
        thrift.Int64(6, group.Columns.Sum(chunk => chunk.CompressedBytes));
        if (ordinal <= short.MaxValue)
            thrift.Int16(7, (short)ordinal);
        thrift.EndStruct();
    }

    private static void WriteChunk(CompactWriter thrift, ColumnChunk chunk)
    {
        thrift.BeginStruct();
        thrift.Int64(2, chunk.DictionaryAt ?? chunk.DataAt);
        thrift.BeginStruct(3);
        thrift.Int32(1, (int)chunk.Column.Physical);
        thrift.BeginList(2, CompactType.Int32, chunk.Encodings.Count);
        foreach (var encoding in chunk.Encodings)
            thrift.Element((int)encoding);
        thrift.BeginList(3, CompactType.Binary, chunk.Column.Path.Count);
        foreach (var name in chunk.Column.Path)
            thrift.Element(System.Text.Encoding.UTF8.GetBytes(name));
        thrift.Int32(4, (int)chunk.Compression);
        thrift.Int64(5, chunk.EntryCount);
        thrift.Int64(6, chunk.UncompressedBytes);
        thrift.Int64(7, chunk.CompressedBytes);
        thrift.Int64(9, chunk.DataAt);
        if (chunk.DictionaryAt is { } dictionaryAt)
            thrift.Int64(11, dictionaryAt);
        WriteStatistics(thrift, chunk.Statistics);
        thrift.EndStruct();
        thrift.EndStruct();
    }

    private static void WriteStatistics(CompactWriter thrift, ColumnStatistics statistics)
    {
        thrift.BeginStruct(12);
        thrift.Int64(3, statistics.NullCount);
        if (statistics is { Max: { } max, Min: { } min })
        {
            thrift.Binary(5, max);
            thrift.Binary(6, min);
        }
        thrift.EndStruct();
    }
}
