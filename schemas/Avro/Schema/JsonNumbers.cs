using System.Globalization;

namespace Streaming.Avro.Schema;

/// <summary>JSON numbers as Avro's numbers. An int or long has neither fraction nor exponent.</summary>
internal static class JsonNumbers
{
    public static bool TryReadInt(JsonNumber number, out int value) =>
        int.TryParse(number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    public static bool TryReadLong(JsonNumber number, out long value) =>
        long.TryParse(number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    public static double ReadDouble(JsonNumber number) => double.Parse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
