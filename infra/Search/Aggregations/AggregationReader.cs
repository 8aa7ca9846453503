using System.Text.Json;
using Streaming.Search.Failures;

namespace Streaming.Search.Aggregations;

/// <summary>Reads <c>aggs</c>. What is not served is refused by name.</summary>
internal static class AggregationReader
{
    private const int DefaultSize = 10;

    public static IReadOnlyList<Aggregator> Read(JsonElement aggregations)
    {
        if (aggregations.ValueKind != JsonValueKind.Object)
            throw SearchFailure.Parsing("[aggs] malformed: an object was expected");
        return [.. aggregations.EnumerateObject().Select(one => Read(one.Name, one.Value))];
    }

    private static Aggregator Read(string name, JsonElement definition)
    {
        (string Kind, JsonElement Body)? found = null;
        IReadOnlyList<Aggregator> inner = [];
        if (definition.ValueKind != JsonValueKind.Object)
            throw SearchFailure.Parsing($"Expected an object under the aggregation [{name}]");
        foreach (var part in definition.EnumerateObject())
        {
            if (part.Name is "aggs" or "aggregations")
                inner = Read(part.Value);
            else if (found is null)
                found = (part.Name, part.Value);
            else
                throw SearchFailure.Parsing($"Found two aggregation type definitions in [{name}]: [{found.Value.Kind}] and [{part.Name}]");
        }

        var (kind, body) = found ?? throw SearchFailure.Parsing($"Missing definition for aggregation [{name}]");
        return kind switch
        {
            "terms" => Terms(name, body, inner),
            "date_histogram" => DateHistogram(name, body, inner),
            "sum" or "min" or "max" or "avg" or "value_count" or "stats" => Metric(name, kind, body, inner),
            _ => throw SearchFailure.Parsing($"Unknown aggregation type [{kind}]: this search node does not support it"),
        };
    }

    private static MetricAggregator Metric(string name, string kind, JsonElement body, IReadOnlyList<Aggregator> inner)
    {
        Allow(kind, body, "field");
        return inner.Count == 0
            ? new MetricAggregator(name, kind, FieldOf(name, body))
            : throw SearchFailure.IllegalArgument($"Aggregator [{name}] of type [{kind}] cannot accept sub-aggregations");
    }

    private static TermsAggregator Terms(string name, JsonElement body, IReadOnlyList<Aggregator> inner)
    {
        Allow("terms", body, "field", "size", "order", "min_doc_count");
        var size = Count(body, "size", DefaultSize);
        var minimum = Count(body, "min_doc_count", 1);
        if (size == 0)
            throw SearchFailure.IllegalArgument($"[size] must be greater than 0. Found [0] in [{name}]");
        if (minimum == 0)
            throw SearchFailure.Unsupported("[min_doc_count] of 0 in a terms aggregation");
        return new TermsAggregator(name, FieldOf(name, body), size, minimum, Order(body, BucketOrder.ByCount, inner), inner);
    }

    private static DateHistogramAggregator DateHistogram(string name, JsonElement body, IReadOnlyList<Aggregator> inner)
    {
        Allow("date_histogram", body, "field", "calendar_interval", "fixed_interval", "min_doc_count", "format", "order", "time_zone");
        if (body.TryGetProperty("time_zone", out var zone) && zone.ToString() is not ("UTC" or "Z" or "+00:00"))
            throw SearchFailure.Unsupported($"the time zone [{zone}] in a date histogram: only UTC");
        var unit = (body.TryGetProperty("calendar_interval", out var calendar), body.TryGetProperty("fixed_interval", out var step)) switch
        {
            (true, false) => CalendarUnit.ReadCalendar(calendar.ToString()),
            (false, true) => CalendarUnit.ReadFixed(step.ToString()),
            _ => throw SearchFailure.IllegalArgument("Required one of fields [interval, calendar_interval, fixed_interval], but none or several were specified."),
        };
        var format = body.TryGetProperty("format", out var text) ? text.ToString() : null;
        if (format is not (null or "yyyy" or "yyyy-MM" or "yyyy-MM-dd" or "HH:mm"))
            throw SearchFailure.Unsupported($"the format [{format}] in a date histogram: only yyyy, yyyy-MM, yyyy-MM-dd and HH:mm");
        return new DateHistogramAggregator(name, FieldOf(name, body), unit, Count(body, "min_doc_count", 0), format, Order(body, BucketOrder.ByKey, inner), inner);
    }

    private static BucketOrder Order(JsonElement body, BucketOrder otherwise, IReadOnlyList<Aggregator> inner) =>
        body.TryGetProperty("order", out var order) ? BucketOrder.Read(order, inner) : otherwise;

    private static string FieldOf(string name, JsonElement body) =>
        body.TryGetProperty("field", out var field) && field.ValueKind == JsonValueKind.String
            ? field.GetString()!
            : throw SearchFailure.IllegalArgument($"Required one of fields [field, script], but none were specified in [{name}].");

    private static int Count(JsonElement body, string name, int otherwise)
    {
        if (!body.TryGetProperty(name, out var value))
            return otherwise;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count >= 0
            ? count
            : throw SearchFailure.IllegalArgument($"[{name}] must be 0 or greater");
    }

    private static void Allow(string kind, JsonElement body, params string[] names)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw SearchFailure.Parsing($"[{kind}] malformed: an object was expected");
        foreach (var part in body.EnumerateObject())
        {
            if (!names.Contains(part.Name))
                throw SearchFailure.Parsing($"[{kind}] unknown field [{part.Name}]: this search node does not support it");
        }
    }
}
