using System.Diagnostics.Metrics;
using System.Globalization;

namespace Streaming.Hosting.Telemetry;

/// <summary>The values of one instrument, by its labels. One thread at a time.</summary>
internal sealed class MeasuredInstrument(Instrument instrument)
{
    // A label that takes any value would fill the memory; what is beyond this is left out.
    private const int SeriesMax = 2_000;

    // Those that OpenTelemetry takes where an instrument advises none.
    private static readonly double[] DefaultBounds = [5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000];

    private readonly Dictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly Dictionary<int, TagSet> _byTags = [];
    private readonly MetricKind _kind = KindOf(instrument);
    private readonly double[] _bounds = BoundsOf(instrument);
    // What is observed is told as it stands; what is counted is told by each step.
    private readonly bool _isTold = instrument.IsObservable || instrument.GetType().Name.StartsWith("Gauge", StringComparison.Ordinal);

    public void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (SeriesOf(tags) is not { } series)
            return;
        series.Sum = _isTold ? value : series.Sum + value;
        series.Count++;
        if (_kind == MetricKind.Histogram)
            series.Buckets[BucketOf(value)]++;
    }

    /// <summary>Labels that are not observed any more, such as a partition given up, must not be told for ever.</summary>
    public void ForgetObserved()
    {
        if (!instrument.IsObservable)
            return;
        _series.Clear();
        _byTags.Clear();
    }

    public InstrumentReading Read() => new(
        instrument.Name, _kind, instrument.Unit, instrument.Description, _bounds,
        [.. _series.Values.Select(series => new SeriesReading(series.Labels, series.Sum, series.Count, [.. series.Buckets]))]);

    private int BucketOf(double value)
    {
        var index = Array.BinarySearch(_bounds, value);
        return index >= 0 ? index : ~index;
    }

    // Writing labels costs more than all else about a measurement, and a host measures thousands of times a second: once for each set of tags.
    private Series? SeriesOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = HashOf(tags);
        var first = _byTags.GetValueOrDefault(hash);
        for (var known = first; known is not null; known = known.Next)
        {
            if (known.Is(tags))
                return known.Series;
        }

        var labels = Labels(tags);
        if (!_series.TryGetValue(labels, out var series))
        {
            if (_series.Count == SeriesMax)
                return null;
            _series[labels] = series = new(labels, _kind == MetricKind.Histogram ? _bounds.Length + 1 : 0);
        }

        _byTags[hash] = new(tags.ToArray(), series, first);
        return series;
    }

    private static int HashOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = new HashCode();
        foreach (var (name, value) in tags)
        {
            hash.Add(name);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    private string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var all = new List<KeyValuePair<string, object?>>(instrument.Meter.Tags ?? []);
        all.AddRange(tags);
        return string.Join(',', all.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag =>
            $"{PrometheusText.NameOf(tag.Key)}=\"{PrometheusText.Escaped(Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "")}\""));
    }

    private static MetricKind KindOf(Instrument instrument)
    {
        var name = instrument.GetType().Name;
        if (name.StartsWith("Histogram", StringComparison.Ordinal))
            return MetricKind.Histogram;
        return name.StartsWith("Counter", StringComparison.Ordinal) || name.StartsWith("ObservableCounter", StringComparison.Ordinal)
            ? MetricKind.Counter
            : MetricKind.Gauge;
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(bound => (double)bound)],
        _ => DefaultBounds,
    };

    /// <summary>Tags as they were given; the same labels may come in another order, or as another type.</summary>
    private sealed class TagSet(KeyValuePair<string, object?>[] tags, Series series, TagSet? next)
    {
        public Series Series => series;

        /// <summary>Another one with the same hash.</summary>
        public TagSet? Next => next;

        public bool Is(ReadOnlySpan<KeyValuePair<string, object?>> others) => others.SequenceEqual(tags);
    }

    private sealed class Series(string labels, int bucketCount)
    {
        public string Labels => labels;
        public double Sum { get; set; }
        public long Count { get; set; }
        public long[] Buckets { get; } = new long[bucketCount];
    }
}

internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <param name="Unit">By UCUM, such as <c>ms</c>, <c>{event}</c>.</param>
/// <param name="Bounds">Upper bounds of a histogram's buckets; the last bucket has none.</param>
internal sealed record InstrumentReading(
    string Name, MetricKind Kind, string? Unit, string? Description, IReadOnlyList<double> Bounds, IReadOnlyList<SeriesReading> Series);

/// <param name="Labels">As Prometheus writes them, without braces.</param>
/// <param name="Buckets">Count of values per bucket, not added up.</param>
internal sealed record SeriesReading(string Labels, double Sum, long Count, IReadOnlyList<long> Buckets);
