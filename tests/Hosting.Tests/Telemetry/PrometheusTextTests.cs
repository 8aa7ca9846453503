using System.Diagnostics.Metrics;
using Streaming.Hosting.Telemetry;

namespace Streaming.Hosting.Tests.Telemetry;

public sealed class PrometheusTextTests : IDisposable
{
    private readonly MetricsBook _book = new();
    private readonly Meter _meter = new("Streaming.Hosting.Tests", version: null, tags: [new("context", "in\"ventory")]);

    [Fact]
    public async Task What_is_measured_is_told_in_Prometheus_own_words()
    {
        await _book.StartAsync(CancellationToken.None);
        var counter = _meter.CreateCounter<long>("test.done", "{command}", "Things done.");
        var histogram = _meter.CreateHistogram<double>("test.duration", "ms", advice: new() { HistogramBucketBoundaries = [1, 2] });
        _meter.CreateObservableGauge("test.queued", () => new Measurement<int>(7, new KeyValuePair<string, object?>("partition", 3)));
        counter.Add(2, new KeyValuePair<string, object?>("outcome", "accepted"));
        counter.Add(3, new KeyValuePair<string, object?>("outcome", "accepted"));
        foreach (var value in new[] { 0.5, 2, 9 })
            histogram.Record(value);

        Lines("test_").ShouldBe(
        [
            "# HELP test_done_total Things done.",
            "# TYPE test_done_total counter",
            """test_done_total{context="in\"ventory",outcome="accepted"} 5""",
            "# TYPE test_duration_milliseconds histogram",
            """test_duration_milliseconds_bucket{context="in\"ventory",le="1"} 1""",
            """test_duration_milliseconds_bucket{context="in\"ventory",le="2"} 2""",
            """test_duration_milliseconds_bucket{context="in\"ventory",le="+Inf"} 3""",
            """test_duration_milliseconds_sum{context="in\"ventory"} 11.5""",
            """test_duration_milliseconds_count{context="in\"ventory"} 3""",
            "# TYPE test_queued gauge",
            """test_queued{context="in\"ventory",partition="3"} 7""",
        ]);
    }

    [Fact]
    public async Task What_is_not_observed_any_more_is_not_told_any_more()
    {
        await _book.StartAsync(CancellationToken.None);
        var partitions = new List<int> { 1, 2 };
        _meter.CreateObservableGauge("owned", () => partitions.Select(partition => new Measurement<int>(1, new KeyValuePair<string, object?>("partition", partition))));
        Lines("owned{").Count.ShouldBe(2);
        partitions.Remove(1);
        Lines("owned{").Count.ShouldBe(1);
    }

    public void Dispose()
    {
        _meter.Dispose();
        _book.Dispose();
    }

    private List<string> Lines(string with) =>
        [.. PrometheusText.Write(_book.Read()).Split('\n').Where(line => line.Contains(with, StringComparison.Ordinal))];
}
