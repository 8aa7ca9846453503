using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Streaming.Search.Mapping;

namespace Streaming.Search.Documents;

/// <summary>Values of number, date and boolean fields as 64 bit numbers that order as they do, and back.</summary>
internal static class NumberForm
{
    /// <summary>What a field keeps of a number or its text; an error's words when it cannot.</summary>
    public static string? TryRead(Field field, ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        if (field.IsFraction)
        {
            if (!TryDouble(text, out var value) || !double.IsFinite(value))
                return $"For input string: \"{Shown(text)}\"";
            number = OfDouble(field, value);
            return null;
        }

        if (!TryWhole(text, out number))
            return TryDouble(text, out _) ? $"Value [{Shown(text)}] is out of range for {RangeName(field)}" : $"For input string: \"{Shown(text)}\"";
        var (least, most) = Range(field.Type);
        return number >= least && number <= most ? null : $"Value [{Shown(text)}] is out of range for {RangeName(field)}";
    }

    public static long OfDouble(Field field, double value) => Sortable(field.Type switch
    {
        FieldType.Float => (float)value,
        FieldType.ScaledFloat => Math.Round(value * field.ScalingFactor, MidpointRounding.AwayFromZero) / field.ScalingFactor,
        _ => value,
    });

    /// <summary>The value as a floating-point number, for sums.</summary>
    public static double ToDouble(Field field, long number) => field.IsFraction ? FromSortable(number) : number;

    /// <summary>Doubles as whole numbers in the same order.</summary>
    public static long Sortable(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value == 0 ? 0.0 : value);
        return bits ^ ((bits >> 63) & long.MaxValue);
    }

    public static double FromSortable(long number) => BitConverter.Int64BitsToDouble(number ^ ((number >> 63) & long.MaxValue));

    public static (long Least, long Most) Range(FieldType type) => type switch
    {
        FieldType.Integer => (int.MinValue, int.MaxValue),
        FieldType.Short => (short.MinValue, short.MaxValue),
        FieldType.Byte => (sbyte.MinValue, sbyte.MaxValue),
        _ => (long.MinValue, long.MaxValue),
    };

    // A fraction loses what is behind its point, as Elasticsearch's coerce has it.
    private static bool TryWhole(ReadOnlySpan<byte> text, out long number)
    {
        if (Utf8Parser.TryParse(text, out number, out var used) && used == text.Length)
            return true;
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var precise))
        {
            precise = decimal.Truncate(precise);
            number = precise is >= long.MinValue and <= long.MaxValue ? (long)precise : 0;
            return precise is >= long.MinValue and <= long.MaxValue;
        }

        number = 0;
        return false;
    }

    private static bool TryDouble(ReadOnlySpan<byte> text, out double value)
    {
        if (Utf8Parser.TryParse(text, out value, out var used) && used == text.Length)
            return true;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    private static string RangeName(Field field) => field.Type == FieldType.Long ? "a long" : field.Type == FieldType.Integer ? "an integer" : $"a {FieldTypes.NameOf(field.Type)}";

    private static string Shown(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text[..Math.Min(text.Length, 100)]);
}
