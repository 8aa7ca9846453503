using System.Globalization;
using System.Numerics;

namespace Streaming.Avro;

/// <summary>Avro's <c>decimal</c> of any precision: <paramref name="Unscaled"/> divided by ten to the power of <paramref name="Scale"/>.</summary>
/// <remarks>Generated records use it where <see cref="decimal"/>, with its 28 digits, would be too small.</remarks>
public readonly record struct AvroDecimal(BigInteger Unscaled, int Scale)
{
    /// <summary>Plain notation with exactly <see cref="Scale"/> digits after the point.</summary>
    public override string ToString()
    {
        var digits = BigInteger.Abs(Unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(Scale + 1, '0');
        var sign = Unscaled.Sign < 0 ? "-" : "";
        return Scale == 0 ? sign + digits : $"{sign}{digits[..^Scale]}.{digits[^Scale..]}";
    }

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static AvroDecimal Parse(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return point < 0
            ? new(BigInteger.Parse(text, CultureInfo.InvariantCulture), 0)
            : new(BigInteger.Parse(text.Remove(point, 1), CultureInfo.InvariantCulture), text.Length - point - 1);
    }
}
