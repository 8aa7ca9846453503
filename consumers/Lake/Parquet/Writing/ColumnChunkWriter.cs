using Streaming.Lake.Parquet.Encodings;
using Streaming.Lake.Parquet.Thrift;
using Streaming.Lake.Parquet.Values;

namespace Streaming.Lake.Parquet.Writing;

/// <summary>Writes a column's values of one row group: a dictionary where that saves space, then pages of about a megabyte.</summary>
/// <remarks>Data pages of version 1, which every reader knows; a page begins with a row.</remarks>
internal sealed class ColumnChunkWriter(Compression compression)
{
    private const int PageBytes = 1 << 20;
    private const int PageEntriesMax = 1 << 17;

    private readonly DictionaryBuilder _dictionary = new();
    private readonly SnappyCompressor _snappy = new();
    private readonly ByteBuffer _page = new(PageBytes);
    private readonly ByteBuffer _compressed = new(PageBytes);
    private readonly ByteBuffer _header = new();

    public ColumnChunk Write(ColumnValues values, ByteBuffer file)
    {
        var start = file.Length;
        var uncompressed = 0L;
        long? dictionaryAt = null;
        var hasDictionary = _dictionary.TryBuild(values);
        if (hasDictionary)
        {
            dictionaryAt = file.Length;
            _page.Clear();
            PlainEncoding.Encode(values, _dictionary.Distinct, _page);
            uncompressed += WritePage(PageType.Dictionary, _dictionary.Distinct.Count, Encoding.Plain, file);
        }

        var dataAt = file.Length;
        for (var (entry, value) = (0, 0); entry < values.EntryCount;)
        {
            var end = PageEnd(values, entry, value, hasDictionary);
            var valueEnd = value + ValuesBetween(values, entry, end);
            FillPage(values, entry, end, value, valueEnd, hasDictionary);
            uncompressed += WritePage(PageType.Data, end - entry, hasDictionary ? Encoding.RleDictionary : Encoding.Plain, file);
            (entry, value) = (end, valueEnd);
        }

        return new ColumnChunk(
            values.Column, compression, hasDictionary ? [Encoding.Plain, Encoding.Rle, Encoding.RleDictionary] : [Encoding.Plain, Encoding.Rle],
            values.EntryCount, uncompressed, file.Length - start, dataAt, dictionaryAt, ColumnStatistics.Of(values));
    }

    private static int PageEnd(ColumnValues values, int entry, int value, bool hasDictionary)
    {
        var end = Math.Min(values.EntryCount, entry + PageEntriesMax);
        if (!hasDictionary && values is BytesValues { FixedLength: null } bytes)
            end = Math.Min(end, EndOfBytes(bytes, entry, value));
        // A row's entries stay together: readers pass over rows page by page.
        var repetitions = values.Repetitions;
        while (end < values.EntryCount && !repetitions.IsEmpty && repetitions[end] != 0)
            end++;
        return end;
    }

    /// <summary>As many values as take a page's bytes; nulls take none, so there are at least as many entries.</summary>
    private static int EndOfBytes(BytesValues bytes, int entry, int value)
    {
        var last = value;
        var start = (long)bytes.Start(value);
        while (last < bytes.ValueCount && bytes.Start(last + 1) - start + ((last - value) * 4L) <= PageBytes)
            last++;
        return last == bytes.ValueCount ? int.MaxValue : entry + Math.Max(1, last - value);
    }

    private static int ValuesBetween(ColumnValues values, int entry, int end) =>
        values.Definitions.IsEmpty ? end - entry : values.Definitions[entry..end].Count((byte)values.Column.MaxDefinition);

    private void FillPage(ColumnValues values, int entry, int end, int value, int valueEnd, bool hasDictionary)
    {
        _page.Clear();
        AddLevels(values.Repetitions, entry, end, values.Column.MaxRepetition);
        AddLevels(values.Definitions, entry, end, values.Column.MaxDefinition);
        if (!hasDictionary)
        {
            PlainEncoding.Encode(values, value, valueEnd, _page);
            return;
        }
        _page.Add((byte)_dictionary.BitWidth);
        RunLength.Encode(_dictionary.Indices(values.ValueCount)[value..valueEnd], _dictionary.BitWidth, _page);
    }

    private void AddLevels(ReadOnlySpan<byte> levels, int entry, int end, int max)
    {
        if (max == 0)
            return;
        var lengthAt = _page.Length;
        _page.AddInt32(0);
        RunLength.Encode(levels[entry..end], BitWidth(max), _page);
        _page.SetInt32(lengthAt, _page.Length - lengthAt - sizeof(int));
    }

    internal static int BitWidth(int max) => 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)max);

    /// <returns>What it would take without compression, its header included.</returns>
    private int WritePage(PageType type, int entryCount, Encoding encoding, ByteBuffer file)
    {
        var bytes = _page.Span;
        if (compression == Compression.Snappy)
        {
            _compressed.Clear();
            _compressed.Advance(_snappy.Compress(bytes, _compressed.Reserve(SnappyCompressor.BytesMax(bytes.Length))));
            bytes = _compressed.Span;
        }

        _header.Clear();
        var thrift = new CompactWriter(_header);
        thrift.BeginStruct();
        thrift.Int32(1, (int)type);
        thrift.Int32(2, _page.Length);
        thrift.Int32(3, bytes.Length);
        thrift.BeginStruct(type == PageType.Dictionary ? 7 : 5);
        thrift.Int32(1, entryCount);
        thrift.Int32(2, (int)encoding);
        if (type == PageType.Data)
        {
            thrift.Int32(3, (int)Encoding.Rle);
            thrift.Int32(4, (int)Encoding.Rle);
        }
        thrift.EndStruct();
        thrift.EndStruct();
        file.Add(_header.Span);
        file.Add(bytes);
        return _header.Length + _page.Length;
    }
}

/// <summary>Where a column's values of a row group lie in the file, and what is known of them.</summary>
internal sealed record ColumnChunk(
    ParquetColumn Column, Compression Compression, IReadOnlyList<Encoding> Encodings, long EntryCount,
    long UncompressedBytes, long CompressedBytes, long DataAt, long? DictionaryAt, ColumnStatistics Statistics);
