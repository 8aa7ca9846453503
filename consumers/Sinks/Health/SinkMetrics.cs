using System.Diagnostics.Metrics;

namespace Streaming.Sinks.Health;

/// <summary>What a sink measures, each per topic and partition. Meter <c>Streaming.Sinks</c>.</summary>
internal sealed class SinkMetrics : IDisposable
{
    public const string MeterName = "Streaming.Sinks";

    private readonly Meter _meter;
    private readonly Counter<long> _events;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _poison;
    private readonly Histogram<int> _batchEvents;
    private readonly Histogram<double> _writeSeconds;
    private readonly string _sink;

    public SinkMetrics(IMeterFactory meters, SinkStatus status, ISink sink)
    {
        _sink = sink.Name;
        _meter = meters.Create(MeterName);
        _events = _meter.CreateCounter<long>("sink.events", "{event}", "Events written; its rate is the sink's throughput.");
        _retries = _meter.CreateCounter<long>("sink.retries", "{try}", "Tries after a failure.");
        _poison = _meter.CreateCounter<long>("sink.poison", "{event}", "Events that could not be handled, and were parked.");
        _batchEvents = _meter.CreateHistogram<int>("sink.batch.events", "{event}", "Events per batch.");
        _writeSeconds = _meter.CreateHistogram<double>("sink.write.duration", "s", "From a batch in hand to its commit in the destination.");
        _meter.CreateObservableGauge("sink.lag", () => Measure(status, partition => partition.Progress.Lag), "{event}",
            "Offsets between what is written and the end of the log.");
        _meter.CreateObservableGauge("sink.mode", () => Measure(status, partition => (long)partition.Progress.Mode), description: "0 catch-up, 1 replay, 2 live.");
        _meter.CreateObservableGauge("sink.lag.time", () => Measure(status, partition => partition.Progress.LagTime.TotalSeconds), "s",
            "Age of the oldest event that is not written.");
        _meter.CreateObservableGauge("sink.parked", () => Measure(status, partition => partition.ParkedCount), "{event}", "Dead letters that wait.");
        _meter.CreateObservableGauge("sink.state", () => Measure(status, partition => (long)partition.Now.State),
            description: "0 opening, 1 running, 2 retrying, 3 awaiting an answer, 4 paused, 5 stopped.");
    }

    public void Wrote(PartitionStatus partition, int eventCount, TimeSpan duration)
    {
        partition.Wrote(eventCount);
        var tags = Tags(partition);
        _events.Add(eventCount, tags);
        _batchEvents.Record(eventCount, tags);
        _writeSeconds.Record(duration.TotalSeconds, tags);
    }

    public void Parked(PartitionStatus partition) => _poison.Add(1, Tags(partition));

    public void Retried(PartitionStatus partition) => _retries.Add(1, Tags(partition));

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<T>> Measure<T>(SinkStatus status, Func<PartitionStatus, T> value)
        where T : struct =>
        status.Partitions.Select(partition => new Measurement<T>(value(partition), Tags(partition)));

    private KeyValuePair<string, object?>[] Tags(PartitionStatus partition) =>
        [new("sink", _sink), new("topic", partition.Topic), new("partition", partition.Partition)];
}
