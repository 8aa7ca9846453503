using Streaming.Lake.Parquet.Thrift;

namespace Streaming.Lake.Parquet.Reading;

/// <summary>Reads a file's metadata, <c>FileMetaData</c> of <c>parquet.thrift</c>.</summary>
internal static class FooterReader
{
    /// <exception cref="MalformedParquetException">The bytes are no metadata, or contradict themselves.</exception>
    public static Footer Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new CompactReader(bytes);
        ParquetSchema? schema = null;
        List<StoredRowGroup>? groups = null;
        var rowCount = 0L;
        try
        {
            for (var field = 0; reader.ReadField(ref field, out var type);)
            {
                switch (field, type)
                {
                    case (2, CompactType.List): schema = SchemaReader.Read(ref reader); break;
                    case (3, CompactType.Int64): rowCount = reader.ReadLong(); break;
                    case (4, CompactType.List): groups = ReadRowGroups(ref reader); break;
                    default: reader.Skip(type); break;
                }
            }
        }
        catch (OverflowException cause)
        {
            throw new MalformedParquetException("Damaged metadata: a field's number is too large.", cause);
        }

        if (schema is null || groups is null)
            throw new MalformedParquetException("The file's metadata have no schema, or no row groups.");
        foreach (var group in groups)
            Check(schema, group);
        if (groups.Sum(group => (decimal)group.RowCount) != rowCount)
            throw new MalformedParquetException($"The file says {rowCount} rows, its row groups say otherwise.");
        return new(schema, groups);
    }

    private static void Check(ParquetSchema schema, StoredRowGroup group)
    {
        if (group.RowCount < 0 || group.Columns.Count != schema.Columns.Count)
            throw new MalformedParquetException($"A row group of {group.RowCount} rows and {group.Columns.Count} columns, for a schema of {schema.Columns.Count}.");
        for (var i = 0; i < group.Columns.Count; i++)
        {
            if (group.Columns[i].Physical != schema.Columns[i].Physical)
                throw new MalformedParquetException($"{schema.Columns[i].Name} is {schema.Columns[i].Physical}, a row group says {group.Columns[i].Physical}.");
        }
    }

    private static List<StoredRowGroup> ReadRowGroups(ref CompactReader reader)
    {
        var groups = new List<StoredRowGroup>();
        for (var left = Structs(ref reader); left > 0; left--)
        {
            List<StoredChunk> chunks = [];
            var rowCount = -1L;
            for (var field = 0; reader.ReadField(ref field, out var type);)
            {
                switch (field, type)
                {
                    case (1, CompactType.List): chunks = ReadChunks(ref reader); break;
                    case (3, CompactType.Int64): rowCount = reader.ReadLong(); break;
                    default: reader.Skip(type); break;
                }
            }
            groups.Add(new(chunks, rowCount));
        }
        return groups;
    }

    private static List<StoredChunk> ReadChunks(ref CompactReader reader)
    {
        var chunks = new List<StoredChunk>();
        for (var left = Structs(ref reader); left > 0; left--)
        {
            StoredChunk? chunk = null;
            for (var field = 0; reader.ReadField(ref field, out var type);)
            {
                switch (field, type)
                {
                    case (1, CompactType.Binary): throw new UnsupportedParquetException("A column of the file lies in another file.");
                    case (3, CompactType.Struct): chunk = ReadChunk(ref reader); break;
                    default: reader.Skip(type); break;
                }
            }
            chunks.Add(chunk ?? throw new MalformedParquetException("A column of a row group without metadata."));
        }
        return chunks;
    }

    private static StoredChunk ReadChunk(ref CompactReader reader)
    {
        var chunk = new StoredChunk((PhysicalType)(-1), Compression.None, -1, -1, -1, -1);
        reader.Enter();
        for (var field = 0; reader.ReadField(ref field, out var type);)
        {
            switch (field, type)
            {
                case (1, CompactType.Int32): chunk = chunk with { Physical = (PhysicalType)reader.ReadInt() }; break;
                case (4, CompactType.Int32): chunk = chunk with { Compression = (Compression)reader.ReadInt() }; break;
                case (5, CompactType.Int64): chunk = chunk with { EntryCount = reader.ReadLong() }; break;
                case (7, CompactType.Int64): chunk = chunk with { CompressedBytes = reader.ReadLong() }; break;
                case (9, CompactType.Int64): chunk = chunk with { DataAt = reader.ReadLong() }; break;
                case (11, CompactType.Int64): chunk = chunk with { DictionaryAt = reader.ReadLong() }; break;
                default: reader.Skip(type); break;
            }
        }
        reader.Leave();
        return chunk;
    }

    private static int Structs(ref CompactReader reader)
    {
        var count = reader.ReadList(out var elements);
        return count == 0 || elements == CompactType.Struct ? count : throw new MalformedParquetException($"A list of {elements} where structs are due.");
    }
}
