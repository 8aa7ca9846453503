using System.Globalization;
using System.Text.Json;
using Streaming.Search.Documents;
using Streaming.Search.Failures;
using Streaming.Search.Indices;
using Streaming.Search.Mapping;
using Streaming.Search.Segments;

namespace Streaming.Search.Aggregations;

/// <summary>A bucket for each step of time; steps without documents between others are empty buckets, unless the minimum count leaves them out.</summary>
/// <param name="format">Of <c>key_as_string</c>; null: ISO 8601.</param>
internal sealed class DateHistogramAggregator(
    string name, string path, CalendarUnit unit, int minimumCount, string? format, BucketOrder order, IReadOnlyList<Aggregator> inner) : BucketAggregator(name, inner)
{
    private NumbersData? _data;

    public override void Collect(int document, int bucket)
    {
        if (_data is null)
            return;
        var last = long.MinValue;
        foreach (var millis in _data.ValuesOf(document))
        {
            var start = unit.Floor(millis);
            if (start != last)
                Count(document, bucket, start);
            last = start;
        }
    }

    public override void Write(Utf8JsonWriter json, int bucket)
    {
        var buckets = In(bucket).OrderBy(found => found.Key).ToList();
        if (minimumCount == 0)
            buckets = Filled(buckets);
        buckets.RemoveAll(found => found.Count < minimumCount);
        if (order.By == "_count")
            buckets = [.. order.IsDescending ? buckets.OrderByDescending(found => found.Count) : buckets.OrderBy(found => found.Count)];
        else if (order.By != "_key")
            buckets = [.. order.IsDescending ? buckets.OrderByDescending(found => order.ValueOf(Inner, found.Number)) : buckets.OrderBy(found => order.ValueOf(Inner, found.Number))];
        else if (order.IsDescending)
            buckets.Reverse();
        json.WriteStartObject();
        json.WriteStartArray("buckets");
        foreach (var found in buckets)
        {
            json.WriteStartObject();
            json.WriteString("key_as_string", format is null ? DateText.Format(found.Key)
                : DateTimeOffset.FromUnixTimeMilliseconds(found.Key).ToString(format, CultureInfo.InvariantCulture));
            json.WriteNumber("key", found.Key);
            WriteInner(json, found);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    protected override void Open(Leaf leaf, IndexMapping mapping)
    {
        var field = FieldOf(mapping, path);
        if (field is not null && field.Type != FieldType.Date)
            throw SearchFailure.IllegalArgument($"Field [{path}] of type [{FieldTypes.NameOf(field.Type)}] is not supported for aggregation [date_histogram]");
        _data = field is null ? null : leaf.Segment.Find<NumbersData>(field);
    }

    private List<Bucket> Filled(List<Bucket> buckets)
    {
        var filled = new List<Bucket>();
        foreach (var bucket in buckets)
        {
            while (filled.Count > 0 && unit.Next(filled[^1].Key) is var next && next < bucket.Key)
            {
                filled.Add(new Bucket(bucket.Around, next, Empty, 0));
                if (filled.Count > BucketsMax)
                    throw TooMany();
            }

            filled.Add(bucket);
        }

        return filled;
    }
}
