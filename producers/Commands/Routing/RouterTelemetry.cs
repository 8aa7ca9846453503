using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Confluent.Kafka;

namespace Streaming.Commands.Routing;

/// <summary>Metrics of one router, on the processors' meter.</summary>
internal sealed class RouterTelemetry : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _records;
    private readonly Counter<long> _transactions;
    private readonly ConcurrentDictionary<TopicPartition, long> _lags = new();

    public RouterTelemetry(string context)
    {
        _meter = new Meter(ProcessorTelemetry.SourceName, version: null, tags: [new("context", context)]);
        _records = _meter.CreateCounter<long>("router.records", "{record}", "Records read by outcome, counted when committed.");
        _transactions = _meter.CreateCounter<long>("router.transactions", "{transaction}", "Transactions by outcome.");
        _meter.CreateObservableGauge("router.lag", Lags, "{record}", "Records that are not yet routed.");
    }

    public void Committed(int records, int commands)
    {
        _records.Add(commands, new KeyValuePair<string, object?>("outcome", "routed"));
        _records.Add(records - commands, new KeyValuePair<string, object?>("outcome", "ignored"));
        _transactions.Add(1, new KeyValuePair<string, object?>("outcome", "committed"));
    }

    public void Aborted() => _transactions.Add(1, new KeyValuePair<string, object?>("outcome", "aborted"));

    public void Lag(TopicPartition partition, long records) => _lags[partition] = records;

    /// <summary>The partition is somebody else's.</summary>
    public void Forget(TopicPartition partition) => _lags.TryRemove(partition, out _);

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> Lags() => _lags.Select(lag => new Measurement<long>(
        lag.Value, new("topic", lag.Key.Topic), new("partition", lag.Key.Partition.Value)));
}
