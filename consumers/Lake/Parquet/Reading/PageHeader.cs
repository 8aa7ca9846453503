using Streaming.Lake.Parquet.Thrift;

namespace Streaming.Lake.Parquet.Reading;

/// <summary>What stands before a page.</summary>
/// <param name="DefinitionBytes">Of pages of version 2: how many bytes its levels take, before the values and not compressed.</param>
internal readonly record struct PageHeader(
    PageType Type, int UncompressedBytes, int CompressedBytes, int EntryCount, Encoding Encoding,
    Encoding DefinitionEncoding, Encoding RepetitionEncoding, int DefinitionBytes, int RepetitionBytes, bool IsCompressed)
{
    /// <param name="sizeBytes">How many bytes the header takes itself.</param>
    public static PageHeader Read(ReadOnlySpan<byte> bytes, out int sizeBytes)
    {
        var reader = new CompactReader(bytes);
        var page = new PageHeader((PageType)(-1), -1, -1, 0, Encoding.Plain, Encoding.Rle, Encoding.Rle, 0, 0, IsCompressed: true);
        try
        {
            for (var field = 0; reader.ReadField(ref field, out var type);)
            {
                switch (field, type)
                {
                    case (1, CompactType.Int32): page = page with { Type = (PageType)reader.ReadInt() }; break;
                    case (2, CompactType.Int32): page = page with { UncompressedBytes = reader.ReadInt() }; break;
                    case (3, CompactType.Int32): page = page with { CompressedBytes = reader.ReadInt() }; break;
                    case (5 or 7, CompactType.Struct): page = ReadFirst(ref reader, page); break;
                    case (8, CompactType.Struct): page = ReadSecond(ref reader, page); break;
                    default: reader.Skip(type); break;
                }
            }
        }
        catch (OverflowException cause)
        {
            throw new MalformedParquetException("A damaged page header: a field's number is too large.", cause);
        }

        sizeBytes = reader.Position;
        if (page.UncompressedBytes < 0 || page.CompressedBytes < 0 || page.CompressedBytes > bytes.Length - sizeBytes || page.EntryCount < 0)
            throw new MalformedParquetException($"A page of {page.CompressedBytes} bytes and {page.EntryCount} values where {bytes.Length - sizeBytes} bytes are left.");
        return page;
    }

    /// <summary>Of a data page of version 1, or of a dictionary, which has the first two fields of it.</summary>
    private static PageHeader ReadFirst(ref CompactReader reader, PageHeader page)
    {
        reader.Enter();
        for (var field = 0; reader.ReadField(ref field, out var type);)
        {
            switch (field, type)
            {
                case (1, CompactType.Int32): page = page with { EntryCount = reader.ReadInt() }; break;
                case (2, CompactType.Int32): page = page with { Encoding = (Encoding)reader.ReadInt() }; break;
                case (3, CompactType.Int32): page = page with { DefinitionEncoding = (Encoding)reader.ReadInt() }; break;
                case (4, CompactType.Int32): page = page with { RepetitionEncoding = (Encoding)reader.ReadInt() }; break;
                default: reader.Skip(type); break;
            }
        }
        reader.Leave();
        return page;
    }

    private static PageHeader ReadSecond(ref CompactReader reader, PageHeader page)
    {
        reader.Enter();
        for (var field = 0; reader.ReadField(ref field, out var type);)
        {
            switch (field, type)
            {
                case (1, CompactType.Int32): page = page with { EntryCount = reader.ReadInt() }; break;
                case (4, CompactType.Int32): page = page with { Encoding = (Encoding)reader.ReadInt() }; break;
                case (5, CompactType.Int32): page = page with { DefinitionBytes = reader.ReadInt() }; break;
                case (6, CompactType.Int32): page = page with { RepetitionBytes = reader.ReadInt() }; break;
                case (7, CompactType.True or CompactType.False): page = page with { IsCompressed = reader.ReadBoolean() }; break;
                default: reader.Skip(type); break;
            }
        }
        reader.Leave();
        return page;
    }
}
