using System.Globalization;
using System.Numerics;
using Streaming.Lake.Parquet;
using Streaming.Lake.Parquet.Values;

namespace Streaming.LakeSink.Generations;

/// <summary>What a row has in a column, for a person to read.</summary>
internal static class CellText
{
    /// <summary>Slow: the row's place is counted from the first.</summary>
    public static string Of(ColumnValues values, int row)
    {
        var texts = new List<string>();
        var (at, value) = (-1, 0);
        for (var entry = 0; entry < values.EntryCount && at <= row; entry++)
        {
            at += values.Repetitions.IsEmpty || values.Repetitions[entry] == 0 ? 1 : 0;
            var isPresent = values.Definitions.IsEmpty || values.Definitions[entry] == values.Column.MaxDefinition;
            if (at == row)
                texts.Add(isPresent ? Of(values, value, values.Column.Field.Logical) : "null");
            value += isPresent ? 1 : 0;
        }
        return values.Column.MaxRepetition == 0 ? texts[0] : $"[{string.Join(", ", texts)}]";
    }

    private static string Of(ColumnValues values, int index, LogicalType logical) => values switch
    {
        FixedValues<bool> booleans => booleans.Values[index] ? "true" : "false",
        FixedValues<int> numbers when logical.Kind == LogicalKind.Date => DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(numbers.Values[index]).ToString("O", CultureInfo.InvariantCulture),
        FixedValues<int> numbers => numbers.Values[index].ToString(CultureInfo.InvariantCulture),
        FixedValues<long> numbers when logical.Kind == LogicalKind.TimestampMicros => Time(numbers.Values[index]),
        FixedValues<long> numbers => numbers.Values[index].ToString(CultureInfo.InvariantCulture),
        FixedValues<float> numbers => numbers.Values[index].ToString(CultureInfo.InvariantCulture),
        FixedValues<double> numbers => numbers.Values[index].ToString(CultureInfo.InvariantCulture),
        BytesValues bytes when logical.Kind == LogicalKind.Text => System.Text.Encoding.UTF8.GetString(bytes[index]),
        BytesValues bytes when logical.Kind == LogicalKind.Decimal => Decimal(new BigInteger(bytes[index], isBigEndian: true), logical.Scale),
        BytesValues bytes => Convert.ToHexStringLower(bytes[index]),
        _ => throw new System.Diagnostics.UnreachableException($"No text for {values.GetType().Name}; add it above."),
    };

    private static string Decimal(BigInteger unscaled, int scale)
    {
        var digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return (unscaled.Sign < 0 ? "-" : "") + (scale == 0 ? digits : $"{digits[..^scale]}.{digits[^scale..]}");
    }

    private static string Time(long micros)
    {
        var ticks = (BigInteger)micros * TimeSpan.TicksPerMicrosecond + DateTime.UnixEpoch.Ticks;
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks ? new DateTime((long)ticks, DateTimeKind.Utc).ToString("O", CultureInfo.InvariantCulture) : $"{micros} µs";
    }
}
