using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Streaming.Lake.Parquet.Values;

namespace Streaming.Lake.Parquet.Encodings;

/// <summary>Values as they are: numbers little-endian, booleans as bits, bytes behind their length.</summary>
/// <remarks>Numbers are copied as they lie in memory: .NET runs on little-endian processors alone.</remarks>
internal static class PlainEncoding
{
    /// <summary>The values from the first to before the second.</summary>
    public static void Encode(ColumnValues values, int from, int to, ByteBuffer output)
    {
        switch (values)
        {
            case FixedValues<bool> booleans: EncodeBooleans(booleans.Values[from..to], output); break;
            case FixedValues<int> numbers: output.Add(MemoryMarshal.AsBytes(numbers.Values[from..to])); break;
            case FixedValues<long> numbers: output.Add(MemoryMarshal.AsBytes(numbers.Values[from..to])); break;
            case FixedValues<float> numbers: output.Add(MemoryMarshal.AsBytes(numbers.Values[from..to])); break;
            case FixedValues<double> numbers: output.Add(MemoryMarshal.AsBytes(numbers.Values[from..to])); break;
            case BytesValues { FixedLength: not null } bytes: output.Add(bytes.Between(from, to)); break;
            case BytesValues bytes: EncodeBytes(bytes, from, to, output); break;
            default: throw new UnreachableException($"No plain encoding for {values.GetType().Name}; add it above.");
        }
    }

    /// <summary>One value alone, for a dictionary.</summary>
    public static void Encode(ColumnValues values, IReadOnlyList<int> positions, ByteBuffer output)
    {
        foreach (var position in positions)
            Encode(values, position, position + 1, output);
    }

    /// <summary>Reads so many values.</summary>
    /// <exception cref="MalformedParquetException">The bytes end before.</exception>
    public static void Decode(ReadOnlySpan<byte> input, int count, ColumnValues values)
    {
        switch (values)
        {
            case FixedValues<bool> booleans: DecodeBooleans(input, booleans, count); break;
            case FixedValues<int> numbers: DecodeNumbers(input, numbers, count); break;
            case FixedValues<long> numbers: DecodeNumbers(input, numbers, count); break;
            case FixedValues<float> numbers: DecodeNumbers(input, numbers, count); break;
            case FixedValues<double> numbers: DecodeNumbers(input, numbers, count); break;
            case BytesValues bytes: DecodeBytes(input, bytes, count); break;
            default: throw new UnreachableException($"No plain encoding for {values.GetType().Name}; add it above.");
        }
    }

    private static void EncodeBooleans(ReadOnlySpan<bool> values, ByteBuffer output)
    {
        var sizeBytes = (values.Length + 7) / 8;
        var space = output.Reserve(sizeBytes)[..sizeBytes];
        space.Clear();
        for (var i = 0; i < values.Length; i++)
            space[i >> 3] |= (byte)((values[i] ? 1 : 0) << (i & 7));
        output.Advance(sizeBytes);
    }

    private static void EncodeBytes(BytesValues values, int from, int to, ByteBuffer output)
    {
        var space = output.Reserve(values.Start(to) - values.Start(from) + ((to - from) * sizeof(int)));
        var written = 0;
        for (var i = from; i < to; i++)
        {
            var value = values[i];
            BinaryPrimitives.WriteInt32LittleEndian(space[written..], value.Length);
            value.CopyTo(space[(written + sizeof(int))..]);
            written += sizeof(int) + value.Length;
        }
        output.Advance(written);
    }

    private static void DecodeBooleans(ReadOnlySpan<byte> input, FixedValues<bool> values, int count)
    {
        Check(input, (count + 7L) / 8);
        var space = values.Extend(count);
        for (var i = 0; i < count; i++)
            space[i] = (input[i >> 3] >> (i & 7) & 1) != 0;
    }

    private static void DecodeNumbers<T>(ReadOnlySpan<byte> input, FixedValues<T> values, int count)
        where T : unmanaged
    {
        var sizeBytes = (long)count * Marshal.SizeOf<T>();
        Check(input, sizeBytes);
        input[..(int)sizeBytes].CopyTo(MemoryMarshal.AsBytes(values.Extend(count)));
    }

    private static void DecodeBytes(ReadOnlySpan<byte> input, BytesValues values, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var length = values.FixedLength ?? ReadLength(ref input);
            if ((uint)length > (uint)input.Length)
                throw new MalformedParquetException($"A value of {length} bytes where {input.Length} are left.");
            values.AddValue(input[..length]);
            input = input[length..];
        }
    }

    private static int ReadLength(ref ReadOnlySpan<byte> input)
    {
        Check(input, sizeof(int));
        var length = BinaryPrimitives.ReadInt32LittleEndian(input);
        input = input[sizeof(int)..];
        return length;
    }

    private static void Check(ReadOnlySpan<byte> input, long sizeBytes)
    {
        if (input.Length < sizeBytes)
            throw new MalformedParquetException($"{sizeBytes} bytes of values are due, {input.Length} are left.");
    }
}
