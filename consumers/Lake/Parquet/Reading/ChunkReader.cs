using System.Buffers.Binary;
using Streaming.Lake.Parquet.Encodings;
using Streaming.Lake.Parquet.Values;
using Streaming.Lake.Parquet.Writing;

namespace Streaming.Lake.Parquet.Reading;

/// <summary>Reads a column of one row group, page by page.</summary>
internal ref struct ChunkReader(ReadOnlySpan<byte> file, ParquetColumn column, StoredChunk chunk)
{
    // Of a run of nulls a few bytes can announce any number: memory stays bounded whatever a file says.
    private const int EntriesMax = 1 << 25;
    private const long BytesMax = 1L << 30;

    private readonly ReadOnlySpan<byte> _file = file;
    private readonly ColumnValues _values = ColumnValues.Create(column);
    private ColumnValues? _dictionary;
    private byte[] _page = [];
    private byte[] _levels = [];
    private int[] _indices = [];

    /// <exception cref="MalformedParquetException">The chunk is damaged.</exception>
    /// <exception cref="UnsupportedParquetException">It is encoded or compressed in a way that is not known here.</exception>
    public ColumnValues Read()
    {
        if (chunk.EntryCount is < 0 or > EntriesMax)
            throw new MalformedParquetException($"{column.Name} has {chunk.EntryCount} values in one row group; up to {EntriesMax} are read.");
        if (chunk.EntryCount == 0)
            return _values;   // Some writers say then that it lies nowhere.
        if (chunk.StartsAt < ParquetWriter.Magic.Length || chunk.CompressedBytes < 0 || chunk.CompressedBytes > _file.Length || chunk.StartsAt > _file.Length - chunk.CompressedBytes)
            throw new MalformedParquetException($"{column.Name} lies at {chunk.StartsAt}, {chunk.CompressedBytes} bytes long, in a file of {_file.Length}.");
        var rest = _file.Slice((int)chunk.StartsAt, (int)chunk.CompressedBytes);
        while (_values.EntryCount < chunk.EntryCount)
        {
            var page = PageHeader.Read(rest, out var headerBytes);
            ReadPage(page, rest.Slice(headerBytes, page.CompressedBytes));
            rest = rest[(headerBytes + page.CompressedBytes)..];
        }
        return _values;
    }

    private void ReadPage(PageHeader page, ReadOnlySpan<byte> bytes)
    {
        if (page.Type is PageType.Data or PageType.DataV2 && page.EntryCount > chunk.EntryCount - _values.EntryCount)
            throw new MalformedParquetException($"{column.Name} has more values than the {chunk.EntryCount} it announces.");
        switch (page.Type)
        {
            case PageType.Dictionary: ReadDictionary(page, bytes); break;
            case PageType.Data: ReadFirst(page, bytes); break;
            case PageType.DataV2: ReadSecond(page, bytes); break;
            case PageType.Index: break;
            default: throw new MalformedParquetException($"A page of type {(int)page.Type} in {column.Name}.");
        }
    }

    private void ReadDictionary(PageHeader page, ReadOnlySpan<byte> bytes)
    {
        if (_dictionary is not null || page.Encoding is not (Encoding.Plain or Encoding.PlainDictionary))
            throw new MalformedParquetException($"{column.Name} has two dictionaries, or one that is not plain.");
        // Each value takes a bit at least: no more of them are allocated than bytes are there.
        var values = Decompress(page, bytes, page.UncompressedBytes);
        if (page.EntryCount > values.Length * 8L)
            throw new MalformedParquetException($"A dictionary of {page.EntryCount} values in {values.Length} bytes.");
        _dictionary = ColumnValues.Create(column);
        PlainEncoding.Decode(values, page.EntryCount, _dictionary);
    }

    private void ReadFirst(PageHeader page, ReadOnlySpan<byte> bytes)
    {
        var rest = Decompress(page, bytes, page.UncompressedBytes);
        var levels = Levels(page.EntryCount);
        var repetitions = levels[..(column.MaxRepetition > 0 ? page.EntryCount : 0)];
        var definitions = levels[page.EntryCount..];
        if (column.MaxRepetition > 0)
            rest = rest[DecodePrefixed(rest, page.RepetitionEncoding, column.MaxRepetition, repetitions)..];
        if (column.MaxDefinition > 0)
            rest = rest[DecodePrefixed(rest, page.DefinitionEncoding, column.MaxDefinition, definitions)..];
        ReadValues(page, rest, definitions, repetitions);
    }

    private void ReadSecond(PageHeader page, ReadOnlySpan<byte> bytes)
    {
        if (page.DefinitionBytes < 0 || page.RepetitionBytes < 0 || (long)page.DefinitionBytes + page.RepetitionBytes > Math.Min(bytes.Length, page.UncompressedBytes))
            throw new MalformedParquetException($"A page of {bytes.Length} bytes with levels of {page.RepetitionBytes} and {page.DefinitionBytes}.");
        var levels = Levels(page.EntryCount);
        var repetitions = levels[..(column.MaxRepetition > 0 ? page.EntryCount : 0)];
        var definitions = levels[page.EntryCount..];
        if (column.MaxRepetition > 0)
            RunLength.Decode(bytes[..page.RepetitionBytes], ColumnChunkWriter.BitWidth(column.MaxRepetition), column.MaxRepetition, repetitions);
        if (column.MaxDefinition > 0)
            RunLength.Decode(bytes.Slice(page.RepetitionBytes, page.DefinitionBytes), ColumnChunkWriter.BitWidth(column.MaxDefinition), column.MaxDefinition, definitions);
        var levelBytes = page.RepetitionBytes + page.DefinitionBytes;
        var values = bytes[levelBytes..];
        ReadValues(page, page.IsCompressed && !values.IsEmpty ? Decompress(page, values, page.UncompressedBytes - levelBytes) : values, definitions, repetitions);
    }

    private void ReadValues(PageHeader page, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> definitions, ReadOnlySpan<byte> repetitions)
    {
        if (_values.EntryCount == 0 && !repetitions.IsEmpty && repetitions[0] != 0)
            throw new MalformedParquetException($"{column.Name} begins within a row.");
        var count = column.MaxDefinition > 0 ? definitions.Count((byte)column.MaxDefinition) : page.EntryCount;
        switch (page.Encoding)
        {
            case Encoding.Plain: PlainEncoding.Decode(bytes, count, _values); break;
            case Encoding.PlainDictionary or Encoding.RleDictionary: DecodeIndices(bytes, count); break;
            case Encoding.Rle when _values is FixedValues<bool> booleans: DecodeBooleans(bytes, count, booleans); break;
            default: throw new UnsupportedParquetException($"{column.Name} is encoded by {page.Encoding}; known are plain, dictionaries, and runs of booleans.");
        }
        _values.AddLevels(column.MaxDefinition > 0 ? definitions : [], repetitions, page.EntryCount);
        if (_values.SizeBytes > BytesMax)
            throw new MalformedParquetException($"{column.Name} takes more than {BytesMax} bytes in one row group.");
    }

    private void DecodeIndices(ReadOnlySpan<byte> bytes, int count)
    {
        if (count == 0)
            return;
        if (_dictionary is null || bytes.IsEmpty)
            throw new MalformedParquetException($"{column.Name} refers to a dictionary that is not there.");
        if (_indices.Length < count)
            _indices = new int[count];
        var indices = _indices.AsSpan(0, count);
        RunLength.Decode(bytes[1..], bytes[0], _dictionary.ValueCount - 1L, indices);
        switch (_values)
        {
            case FixedValues<int> values: Gather(values, _dictionary, indices); break;
            case FixedValues<long> values: Gather(values, _dictionary, indices); break;
            case FixedValues<float> values: Gather(values, _dictionary, indices); break;
            case FixedValues<double> values: Gather(values, _dictionary, indices); break;
            case FixedValues<bool> values: Gather(values, _dictionary, indices); break;
            case BytesValues values: GatherBytes(values, (BytesValues)_dictionary, indices); break;
        }
    }

    private static void Gather<T>(FixedValues<T> values, ColumnValues dictionary, ReadOnlySpan<int> indices)
        where T : unmanaged
    {
        var space = values.Extend(indices.Length);
        var distinct = ((FixedValues<T>)dictionary).Values;
        for (var i = 0; i < indices.Length; i++)
            space[i] = distinct[indices[i]];
    }

    private readonly void GatherBytes(BytesValues values, BytesValues dictionary, ReadOnlySpan<int> indices)
    {
        // A large value that is repeated a million times takes few bytes in the file.
        var sizeBytes = values.SizeBytes;
        foreach (var index in indices)
            sizeBytes += dictionary[index].Length;
        if (sizeBytes > BytesMax)
            throw new MalformedParquetException($"{column.Name} takes more than {BytesMax} bytes in one row group.");
        foreach (var index in indices)
            values.AddValue(dictionary[index]);
    }

    private static void DecodeBooleans(ReadOnlySpan<byte> bytes, int count, FixedValues<bool> values)
    {
        if (count == 0)
            return;
        var runs = Prefixed(bytes);
        var decoded = new byte[count];
        RunLength.Decode(runs, 1, 1, decoded.AsSpan());
        var space = values.Extend(count);
        for (var i = 0; i < count; i++)
            space[i] = decoded[i] != 0;
    }

    /// <returns>How many bytes the levels take, their length included.</returns>
    private static int DecodePrefixed(ReadOnlySpan<byte> bytes, Encoding encoding, int max, Span<byte> levels)
    {
        if (encoding != Encoding.Rle)
            throw new UnsupportedParquetException($"Levels are encoded by {encoding}; known are runs.");
        var runs = Prefixed(bytes);
        RunLength.Decode(runs, ColumnChunkWriter.BitWidth(max), max, levels);
        return sizeof(int) + runs.Length;
    }

    private static ReadOnlySpan<byte> Prefixed(ReadOnlySpan<byte> bytes)
    {
        var length = bytes.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes);
        return length >= 0 && length <= bytes.Length - sizeof(int)
            ? bytes.Slice(sizeof(int), length)
            : throw new MalformedParquetException($"Runs of {length} bytes in {bytes.Length}.");
    }

    /// <summary>Space for both levels of a page; the second half for definitions.</summary>
    private Span<byte> Levels(int count)
    {
        if (_levels.Length < count * 2)
            _levels = new byte[count * 2];
        return _levels.AsSpan(0, count * 2);
    }

    private ReadOnlySpan<byte> Decompress(PageHeader page, ReadOnlySpan<byte> bytes, int sizeBytes)
    {
        if (chunk.Compression == Compression.None)
            return bytes.Length == sizeBytes ? bytes : throw new MalformedParquetException($"A page of {sizeBytes} bytes in {bytes.Length}, not compressed.");
        // What a compression can do at its best: more is a lie, and nothing is allocated for it.
        var ratioMax = chunk.Compression switch { Compression.Snappy => 24, Compression.Gzip => 1_100, _ => 100_000 };
        if (sizeBytes < 0 || sizeBytes > Math.Min(BytesMax / 4, (bytes.Length * (long)ratioMax) + 64))
            throw new MalformedParquetException($"A page of {sizeBytes} bytes in {bytes.Length}, compressed with {chunk.Compression}: that cannot be.");
        if (_page.Length < sizeBytes)
            _page = new byte[sizeBytes];
        var space = _page.AsSpan(0, sizeBytes);
        Compressions.Decompress(chunk.Compression, bytes, space);
        return space;
    }
}
