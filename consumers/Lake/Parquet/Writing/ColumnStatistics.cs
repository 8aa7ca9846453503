using System.Buffers.Binary;
using System.Numerics;
using Streaming.Lake.Parquet.Values;

namespace Streaming.Lake.Parquet.Writing;

/// <summary>The smallest and the largest value of a chunk, as a file has them, and how many entries have none.</summary>
/// <param name="Min">Null where there is none, or where it would say too little: a very long text, a number that is none.</param>
internal sealed record ColumnStatistics(ParquetColumn Column, byte[]? Min, byte[]? Max, long NullCount)
{
    private const int BytesMax = 256;

    public static ColumnStatistics Of(ColumnValues values)
    {
        var (min, max) = values switch
        {
            FixedValues<int> numbers => OfNumbers(numbers.Values, sizeof(int), BinaryPrimitives.WriteInt32LittleEndian),
            FixedValues<long> numbers => OfNumbers(numbers.Values, sizeof(long), BinaryPrimitives.WriteInt64LittleEndian),
            FixedValues<float> numbers => OfFloats(numbers.Values, sizeof(float), BinaryPrimitives.WriteSingleLittleEndian),
            FixedValues<double> numbers => OfFloats(numbers.Values, sizeof(double), BinaryPrimitives.WriteDoubleLittleEndian),
            FixedValues<bool> booleans when booleans.ValueCount > 0 =>
                ([(byte)(booleans.Values.Contains(false) ? 0 : 1)], [(byte)(booleans.Values.Contains(true) ? 1 : 0)]),
            BytesValues bytes => OfBytes(bytes),
            _ => default((byte[]?, byte[]?)),
        };
        return new(values.Column, min, max, values.NullCount);
    }

    /// <summary>Of both together: of the chunks of one column in several row groups. Bounds are known where both know theirs.</summary>
    public ColumnStatistics With(ColumnStatistics other)
    {
        var isKnown = Min is not null && other.Min is not null;
        return new(
            Column,
            isKnown ? Compare(Column, Min!, other.Min!) <= 0 ? Min : other.Min : null,
            isKnown ? Compare(Column, Max!, other.Max!) >= 0 ? Max : other.Max : null,
            NullCount + other.NullCount);
    }

    private delegate void Write<in T>(Span<byte> destination, T value);

    private static (byte[]?, byte[]?) OfNumbers<T>(ReadOnlySpan<T> values, int sizeBytes, Write<T> write)
        where T : unmanaged, INumber<T>
    {
        if (values.IsEmpty)
            return default;
        var (min, max) = (values[0], values[0]);
        foreach (var value in values)
        {
            min = T.Min(min, value);
            max = T.Max(max, value);
        }
        return (Bytes(min, sizeBytes, write), Bytes(max, sizeBytes, write));
    }

    private static (byte[]?, byte[]?) OfFloats<T>(ReadOnlySpan<T> values, int sizeBytes, Write<T> write)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach (var value in values)
        {
            if (T.IsNaN(value))
                return default;
        }
        var (min, max) = OfNumbers(values, sizeBytes, write);
        // Zero has two signs, and a reader may take them for different: the bounds hold both (parquet-format, ColumnOrder).
        if (min is not null && min.AsSpan(0, sizeBytes - 1).IndexOfAnyExcept((byte)0) < 0 && (min[^1] & 0x7F) == 0)
            min[^1] = 0x80;
        if (max is not null && max.AsSpan(0, sizeBytes - 1).IndexOfAnyExcept((byte)0) < 0 && (max[^1] & 0x7F) == 0)
            max[^1] = 0;
        return (min, max);
    }

    private static byte[] Bytes<T>(T value, int sizeBytes, Write<T> write)
    {
        var bytes = new byte[sizeBytes];
        write(bytes, value);
        return bytes;
    }

    private static (byte[]?, byte[]?) OfBytes(BytesValues values)
    {
        if (values.ValueCount == 0 || values.Column.Physical == PhysicalType.Int96)
            return default;
        var isNumber = IsNumber(values.Column);
        var (min, max) = (0, 0);
        for (var i = 1; i < values.ValueCount; i++)
        {
            if (Compare(isNumber, values[i], values[min]) < 0)
                min = i;
            else if (Compare(isNumber, values[i], values[max]) > 0)
                max = i;
        }
        return values[min].Length <= BytesMax && values[max].Length <= BytesMax ? (values[min].ToArray(), values[max].ToArray()) : default;
    }

    private static bool IsNumber(ParquetColumn column) => column.Field.Logical.Kind == LogicalKind.Decimal;

    private static int Compare(ParquetColumn column, byte[] left, byte[] right) => column.Physical switch
    {
        PhysicalType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(left).CompareTo(BinaryPrimitives.ReadInt32LittleEndian(right)),
        PhysicalType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(left).CompareTo(BinaryPrimitives.ReadInt64LittleEndian(right)),
        PhysicalType.Float => BinaryPrimitives.ReadSingleLittleEndian(left).CompareTo(BinaryPrimitives.ReadSingleLittleEndian(right)),
        PhysicalType.Double => BinaryPrimitives.ReadDoubleLittleEndian(left).CompareTo(BinaryPrimitives.ReadDoubleLittleEndian(right)),
        _ => Compare(IsNumber(column), left, right),
    };

    /// <summary>Texts by their unsigned bytes; numbers of equal length too, but for the first byte, which has the sign.</summary>
    private static int Compare(bool isNumber, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        isNumber && left[0] != right[0] ? ((sbyte)left[0]).CompareTo((sbyte)right[0]) : left.SequenceCompareTo(right);
}
