using System.Text;
using System.Text.Json;
using Streaming.Search.Documents;
using Streaming.Search.Failures;
using Streaming.Search.Mapping;

namespace Streaming.Search.Queries;

/// <summary>From where to where a range goes; null is no bound.</summary>
internal sealed record RangeBounds(JsonElement? Lower, bool IsLowerIncluded, JsonElement? Upper, bool IsUpperIncluded, float Boost)
{
    public static RangeBounds Read(JsonElement body)
    {
        var range = new RangeBounds(null, false, null, false, 1);
        foreach (var part in body.EnumerateObject())
        {
            JsonElement? value = part.Value.ValueKind == JsonValueKind.Null ? null : part.Value;
            range = part.Name switch
            {
                "gte" => range with { Lower = value, IsLowerIncluded = true },
                "gt" => range with { Lower = value, IsLowerIncluded = false },
                "lte" => range with { Upper = value, IsUpperIncluded = true },
                "lt" => range with { Upper = value, IsUpperIncluded = false },
                "boost" => range with { Boost = part.Value.GetSingle() },
                _ => throw SearchFailure.Parsing($"[range] query does not support [{part.Name}]: this search node knows gte, gt, lte, lt and boost"),
            };
        }

        return range;
    }

    public (long Least, long Most) ToNumbers(Field field)
    {
        var (least, most) = (long.MinValue, long.MaxValue);
        if (Lower is { } lower)
        {
            // gt of a month begins behind it, gte with it. A fraction as a bound of whole numbers was cut, and may need the next one.
            var number = Number(field, lower, isUpper: !IsLowerIncluded, out var isWhole);
            var isCutDown = !isWhole && !IsNegative(lower);
            if ((!IsLowerIncluded && (isWhole || isCutDown)) || isCutDown)
            {
                if (number == long.MaxValue)
                    return (1, 0);
                number++;
            }

            least = number;
        }

        if (Upper is { } upper)
        {
            var number = Number(field, upper, isUpper: IsUpperIncluded, out var isWhole);
            var isCutUp = !isWhole && IsNegative(upper);
            if ((!IsUpperIncluded && (isWhole || isCutUp)) || isCutUp)
            {
                if (number == long.MinValue)
                    return (1, 0);
                number--;
            }

            most = number;
        }

        return (least, most);
    }

    /// <summary>A bound in the form in which the field's values are kept.</summary>
    /// <param name="isUpper">The last millisecond that a date can mean, instead of the first.</param>
    /// <param name="isWhole">False: a fraction, of a field of whole numbers, was cut.</param>
    public static long Number(Field field, JsonElement value, bool isUpper, out bool isWhole)
    {
        isWhole = true;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        switch (field.Type)
        {
            case FieldType.Date:
                if (DateText.TryParse(text, out var first, out var last))
                    return isUpper ? last : first;
                return long.TryParse(text, out var millis)
                    ? millis
                    : throw SearchFailure.Parsing($"failed to parse date field [{text}] with format [strict_date_optional_time||epoch_millis]; date math is not supported by this search node");
            case FieldType.Boolean:
                return text switch
                {
                    "true" => 1,
                    "false" or "" => 0,
                    _ => throw SearchFailure.Parsing($"Can't parse boolean value [{text}], expected [true] or [false]"),
                };
            case FieldType.Long or FieldType.Integer or FieldType.Short or FieldType.Byte:
                if (!decimal.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var exact))
                    throw SearchFailure.IllegalArgument($"For input string: \"{text}\"");
                isWhole = decimal.Truncate(exact) == exact;
                return (long)Math.Clamp(decimal.Truncate(exact), long.MinValue, long.MaxValue);
            default:
                if (NumberForm.TryRead(field, Encoding.UTF8.GetBytes(text), out var number) is { } why)
                    throw SearchFailure.IllegalArgument(why);
                return number;
        }
    }

    private static bool IsNegative(JsonElement value) => value.ToString().StartsWith('-');
}
