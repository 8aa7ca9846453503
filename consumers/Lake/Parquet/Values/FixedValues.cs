using System.Runtime.CompilerServices;

namespace Streaming.Lake.Parquet.Values;

/// <summary>Values of a fixed width: booleans and numbers.</summary>
internal sealed class FixedValues<T>(ParquetColumn column) : ColumnValues(column)
    where T : unmanaged
{
    private T[] _values = new T[64];
    private int _count;

    public override int ValueCount => _count;

    public override long SizeBytes => (long)_count * Unsafe.SizeOf<T>();

    public ReadOnlySpan<T> Values => _values.AsSpan(0, _count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(T value, int repetition = 0)
    {
        if ((uint)_count >= (uint)_values.Length)
            Array.Resize(ref _values, _values.Length * 2);
        _values[_count++] = value;
        AddFullEntry(repetition);
    }

    public override void Clear()
    {
        base.Clear();
        _count = 0;
    }

    /// <summary>Space for so many more values, to be filled by the caller.</summary>
    internal Span<T> Extend(int count)
    {
        if (_values.Length - _count < count)
            Array.Resize(ref _values, Math.Max(checked(_count + count), _values.Length * 2));
        _count += count;
        return _values.AsSpan(_count - count, count);
    }

    protected override void AddValue(ColumnValues source, int index) => Extend(1)[0] = ((FixedValues<T>)source)._values[index];
}
