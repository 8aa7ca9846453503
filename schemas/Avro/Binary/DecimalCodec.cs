using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Streaming.Avro.Binary;

/// <summary>Decimals as Avro encodes them: the value times ten to the power of the scale, as a big-endian two's-complement integer.</summary>
/// <remarks>In bytes it takes as few as the sign allows (though more are read); in a fixed it fills the size. Nothing is ever rounded.</remarks>
public static class DecimalCodec
{
    /// <summary>Digits of the largest precision for which generated records use <see cref="decimal"/>.</summary>
    public const int DigitsMax = 28;

    private const int Int128Bytes = 16;
    private static readonly UInt128 _decimalMax = (UInt128.One << 96) - 1;
    private static readonly UInt128[] _powersOfTen = PowersOfTen();

    extension(ref AvroWriter writer)
    {
        /// <exception cref="ArgumentException">The value has more digits than the precision, or than the scale behind the point.</exception>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void WriteDecimal(decimal value, int precision, int scale) => writer.WriteInteger(Unscaled(value, precision, scale));

        /// <exception cref="ArgumentException">The value has more digits than the precision, or than the scale behind the point.</exception>
        public void WriteFixedDecimal(decimal value, int precision, int scale, int sizeBytes)
        {
            Span<byte> bytes = stackalloc byte[Int128Bytes];
            BinaryPrimitives.WriteInt128BigEndian(bytes, Unscaled(value, precision, scale));
            writer.WriteSignExtended(Shortest(bytes), sizeBytes);
        }

        /// <exception cref="ArgumentException">The value has another scale, or more digits than the precision.</exception>
        public void WriteDecimal(AvroDecimal value, int precision, int scale) => writer.WriteBytes(Unscaled(value, precision, scale));

        /// <exception cref="ArgumentException">The value has another scale, or more digits than the precision.</exception>
        public void WriteFixedDecimal(AvroDecimal value, int precision, int scale, int sizeBytes) =>
            writer.WriteSignExtended(Unscaled(value, precision, scale), sizeBytes);

        private void WriteSignExtended(scoped ReadOnlySpan<byte> bytes, int sizeBytes)
        {
            ReadOnlySpan<byte> sign = [(sbyte)bytes[0] < 0 ? (byte)0xFF : (byte)0];
            for (var missing = sizeBytes - bytes.Length; missing > 0; missing--)
                writer.WriteRaw(sign);
            writer.WriteRaw(bytes);
        }
    }

    extension(ref AvroReader reader)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public decimal ReadDecimal(int scale)
        {
            var start = reader.Position;
            return Decimal(reader.ReadBytes(), scale, start);
        }

        public decimal ReadFixedDecimal(int scale, int sizeBytes)
        {
            var start = reader.Position;
            return Decimal(reader.ReadFixed(sizeBytes), scale, start);
        }

        public AvroDecimal ReadLargeDecimal(int scale)
        {
            var start = reader.Position;
            return Large(reader.ReadBytes(), scale, start);
        }

        public AvroDecimal ReadLargeFixedDecimal(int scale, int sizeBytes)
        {
            var start = reader.Position;
            return Large(reader.ReadFixed(sizeBytes), scale, start);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Int128 Unscaled(decimal value, int precision, int scale)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var magnitude = new UInt128((uint)parts[2], ((ulong)(uint)parts[1] << 32) | (uint)parts[0]);
        var missing = scale - value.Scale;
        if (missing < 0)
        {
            (magnitude, var lost) = UInt128.DivRem(magnitude, _powersOfTen[-missing]);
            if (lost != 0)
                throw new ArgumentException($"{value} has more than {scale} digits after the point: round it first.", nameof(value));
        }
        else if (magnitude != 0)
        {
            // Compared before it is multiplied, which could overflow.
            if (precision < missing || magnitude >= _powersOfTen[precision - missing])
                throw TooManyDigits(value, precision);
            magnitude *= _powersOfTen[missing];
        }
        if (magnitude >= _powersOfTen[precision])
            throw TooManyDigits(value, precision);
        return decimal.IsNegative(value) ? -(Int128)magnitude : (Int128)magnitude;
    }

    private static byte[] Unscaled(AvroDecimal value, int precision, int scale)
    {
        if (value.Scale != scale)
            throw new ArgumentException($"{value} has {value.Scale} digits after the point, not {scale}.", nameof(value));
        if (BigInteger.Abs(value.Unscaled) >= BigInteger.Pow(10, precision))
            throw TooManyDigits(value, precision);
        return value.Unscaled.ToByteArray(isBigEndian: true);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static decimal Decimal(ReadOnlySpan<byte> bytes, int scale, int start)
    {
        bytes = Shortest(NotEmpty(bytes, start));
        if (bytes.Length > Int128Bytes)
            throw TooLarge(start);
        // Most fit into a long, whose arithmetic is the processor's own.
        var unscaled = bytes.Length <= sizeof(long) ? Long(bytes) : Integer(bytes);
        var isNegative = unscaled < 0;
        var magnitude = (UInt128)(isNegative ? -unscaled : unscaled);
        return magnitude <= _decimalMax
            ? new decimal((int)(uint)magnitude, (int)(uint)(magnitude >> 32), (int)(uint)(magnitude >> 64), isNegative, (byte)scale)
            : throw TooLarge(start);
    }

    private static long Long(ReadOnlySpan<byte> bytes)
    {
        long unscaled = (sbyte)bytes[0];
        foreach (var next in bytes[1..])
            unscaled = (unscaled << 8) | next;
        return unscaled;
    }

    private static Int128 Integer(ReadOnlySpan<byte> bytes)
    {
        Int128 unscaled = (sbyte)bytes[0];
        foreach (var next in bytes[1..])
            unscaled = (unscaled << 8) | next;
        return unscaled;
    }

    private static AvroDecimal Large(ReadOnlySpan<byte> bytes, int scale, int start) =>
        new(new BigInteger(NotEmpty(bytes, start), isBigEndian: true), scale);

    /// <summary>Without leading bytes that only repeat the sign.</summary>
    private static ReadOnlySpan<byte> Shortest(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 1 && ((bytes[0] == 0 && bytes[1] < 0x80) || (bytes[0] == 0xFF && bytes[1] >= 0x80)))
            bytes = bytes[1..];
        return bytes;
    }

    private static ReadOnlySpan<byte> NotEmpty(ReadOnlySpan<byte> bytes, int start) =>
        bytes.Length > 0 ? bytes : throw AvroReader.Malformed(start, "a decimal without a byte");

    private static UInt128[] PowersOfTen()
    {
        var powers = new UInt128[DigitsMax + 1];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++)
            powers[i] = powers[i - 1] * 10;
        return powers;
    }

    private static ArgumentException TooManyDigits<T>(T value, int precision) => new($"{value} has more than {precision} digits.", nameof(value));

    private static MalformedAvroException TooLarge(int start) => AvroReader.Malformed(start, "a decimal of more than 96 bits");
}
