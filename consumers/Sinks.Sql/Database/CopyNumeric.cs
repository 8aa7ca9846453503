using System.Buffers.Binary;

namespace Streaming.Sinks.Sql.Database;

/// <summary>A decimal as PostgreSQL's binary numeric, exact: every digit, and as many behind the point as the value has.</summary>
/// <remarks>
/// Count of digits, weight of the first, sign (0x4000: negative), digits behind the point; then the digits to the base 10000, each an int16.
/// Source: PostgreSQL's numeric_send; a value without digits is zero.
/// </remarks>
internal static class CopyNumeric
{
    private const int Base = 10_000;
    private const int DecimalsPerDigit = 4;
    private const int DigitsMax = 10;   // 96 bits are 29 decimals, and up to 3 more align them to the point.
    private const short Negative = 0x4000;

    public static void Append(CopyBuffer buffer, decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var mantissa = new UInt128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);
        var decimals = (bits[3] >> 16) & 0xff;
        var isNegative = bits[3] < 0 && mantissa != 0;
        for (var missing = (DecimalsPerDigit - (decimals % DecimalsPerDigit)) % DecimalsPerDigit; missing > 0; missing--)
            mantissa *= 10;

        Span<short> digits = stackalloc short[DigitsMax];
        var first = DigitsMax;
        for (; mantissa != 0; mantissa /= Base)
            digits[--first] = (short)(mantissa % Base);
        var last = DigitsMax;
        while (last > first && digits[last - 1] == 0)
            last--;

        var behindPoint = (decimals + DecimalsPerDigit - 1) / DecimalsPerDigit;
        var weight = first == last ? 0 : DigitsMax - first - behindPoint - 1;
        var bytes = buffer.Value(sizeof(short) * (4 + last - first));
        BinaryPrimitives.WriteInt16BigEndian(bytes, (short)(last - first));
        BinaryPrimitives.WriteInt16BigEndian(bytes[2..], (short)weight);
        BinaryPrimitives.WriteInt16BigEndian(bytes[4..], isNegative ? Negative : (short)0);
        BinaryPrimitives.WriteInt16BigEndian(bytes[6..], (short)decimals);
        for (var i = first; i < last; i++)
            BinaryPrimitives.WriteInt16BigEndian(bytes[(8 + (2 * (i - first)))..], digits[i]);
    }
}
