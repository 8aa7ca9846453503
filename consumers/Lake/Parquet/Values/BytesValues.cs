namespace Streaming.Lake.Parquet.Values;

/// <summary>Values of bytes, one behind the other: texts, binary, decimals.</summary>
/// <param name="fixedLength">Where all values have the same; null otherwise.</param>
internal sealed class BytesValues(ParquetColumn column, int? fixedLength) : ColumnValues(column)
{
    private readonly ByteBuffer _bytes = new();
    private int[] _ends = new int[64];
    private int _count;

    public override int ValueCount => _count;

    public override long SizeBytes => _bytes.Length + (fixedLength is null ? 4L * _count : 0);

    /// <summary>Where all values have the same length; null otherwise.</summary>
    public int? FixedLength => fixedLength;

    public ReadOnlySpan<byte> this[int index] => _bytes.Span[Start(index).._ends[index]];

    /// <summary>Values one behind the other, from the first to before the second.</summary>
    public ReadOnlySpan<byte> Between(int from, int to) => _bytes.Span[Start(from)..Start(to)];

    /// <summary>Where a value begins; for the count of values, where the last one ends.</summary>
    public int Start(int index) => index == 0 ? 0 : _ends[index - 1];

    public void Add(ReadOnlySpan<byte> value, int repetition = 0)
    {
        AddValue(value);
        AddFullEntry(repetition);
    }

    /// <summary>A text as UTF-8.</summary>
    public void Add(string text, int repetition = 0)
    {
        var space = _bytes.Reserve(System.Text.Encoding.UTF8.GetMaxByteCount(text.Length));
        _bytes.Advance(System.Text.Encoding.UTF8.GetBytes(text, space));
        AddEnd();
        AddFullEntry(repetition);
    }

    /// <summary>A number as big-endian two's complement, in as many bytes as the column's values have.</summary>
    /// <exception cref="ArgumentException">It takes more.</exception>
    public void AddSigned(ReadOnlySpan<byte> bigEndian, int repetition = 0)
    {
        var length = fixedLength ?? bigEndian.Length;
        var sign = !bigEndian.IsEmpty && (bigEndian[0] & 0x80) != 0 ? (byte)0xFF : (byte)0;
        // Longer than it needs to be is allowed: what is left out must repeat the sign.
        while (bigEndian.Length > length && bigEndian[0] == sign && (bigEndian[1] & 0x80) == (sign & 0x80))
            bigEndian = bigEndian[1..];
        if (bigEndian.Length > length)
            throw new ArgumentException($"{Column.Name} holds numbers of {length} bytes; this one has {bigEndian.Length}.", nameof(bigEndian));
        _bytes.Fill(sign, length - bigEndian.Length);
        _bytes.Add(bigEndian);
        AddEnd();
        AddFullEntry(repetition);
    }

    public override void Clear()
    {
        base.Clear();
        _bytes.Clear();
        _count = 0;
    }

    /// <summary>A value whose entry is counted elsewhere.</summary>
    internal void AddValue(ReadOnlySpan<byte> value)
    {
        _bytes.Add(value);
        AddEnd();
    }

    protected override void AddValue(ColumnValues source, int index) => AddValue(((BytesValues)source)[index]);

    private void AddEnd()
    {
        if (_count == _ends.Length)
            Array.Resize(ref _ends, _count * 2);
        _ends[_count++] = _bytes.Length;
    }
}
