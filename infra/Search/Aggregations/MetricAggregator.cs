using System.Text.Json;
using Streaming.Search.Documents;
using Streaming.Search.Failures;
using Streaming.Search.Indices;
using Streaming.Search.Mapping;
using Streaming.Search.Segments;

namespace Streaming.Search.Aggregations;

/// <summary><c>sum</c>, <c>min</c>, <c>max</c>, <c>avg</c>, <c>value_count</c> or <c>stats</c> of a field.</summary>
internal sealed class MetricAggregator(string name, string kind, string path) : Aggregator(name)
{
    private readonly Growing<Measure> _measures = new();
    private NumbersData? _numbers;
    private TermsData? _terms;
    private Field? _field;
    private bool _isDate;

    public override void Enter(Leaf leaf, IndexMapping mapping)
    {
        _field = FieldOf(mapping, path);
        if (_field is { Storage: Storage.Terms } && kind != "value_count")
            throw SearchFailure.IllegalArgument($"Field [{path}] of type [keyword] is not supported for aggregation [{kind}]");
        _isDate |= _field?.Type == FieldType.Date;
        _numbers = _field is null ? null : leaf.Segment.Find<NumbersData>(_field);
        _terms = _field is null ? null : leaf.Segment.Find<TermsData>(_field);
    }

    public override void Collect(int document, int bucket)
    {
        while (_measures.Count <= bucket)
            _measures.Add(Measure.None);
        ref var measure = ref _measures[bucket];
        if (_terms is not null)
            measure.Count += _terms.OrdinalsOf(document).Length;
        if (_numbers is null)
            return;
        foreach (var number in _numbers.ValuesOf(document))
            measure.Add(NumberForm.ToDouble(_field!, number));
    }

    public override void Write(Utf8JsonWriter json, int bucket)
    {
        var measure = Of(bucket);
        json.WriteStartObject();
        switch (kind)
        {
            case "value_count":
                json.WriteNumber("value", measure.Count);
                break;
            case "stats":
                json.WriteNumber("count", measure.Count);
                foreach (var part in new[] { "min", "max", "avg", "sum" })
                    Write(json, part, measure.Value(part));
                break;
            default:
                Write(json, "value", measure.Value(kind));
                if (_isDate && kind is "min" or "max" && measure.Value(kind) is { } millis)
                    json.WriteString("value_as_string", DateText.Format((long)millis));
                break;
        }

        json.WriteEndObject();
    }

    public override double? ValueOf(int bucket, string? metric) => Of(bucket).Value(metric ?? kind);

    private Measure Of(int bucket) => bucket >= 0 && bucket < _measures.Count ? _measures[bucket] : Measure.None;

    private static void Write(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }

    private struct Measure
    {
        public long Count;
        private double _sum;
        private double _lost;   // Kahan: what the sum was too coarse for.
        private double _least;
        private double _most;

        public static Measure None => new() { _least = double.PositiveInfinity, _most = double.NegativeInfinity };

        public void Add(double value)
        {
            Count++;
            var precise = value - _lost;
            var next = _sum + precise;
            _lost = next - _sum - precise;
            _sum = next;
            _least = Math.Min(_least, value);
            _most = Math.Max(_most, value);
        }

        public readonly double? Value(string metric) => metric switch
        {
            "sum" => _sum,
            "value_count" or "count" => Count,
            _ when Count == 0 => null,
            "avg" => _sum / Count,
            "min" => _least,
            "max" => _most,
            _ => null,
        };
    }
}
