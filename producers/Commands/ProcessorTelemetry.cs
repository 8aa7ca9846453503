using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Confluent.Kafka;
using Streaming.Commands.Deciding;
using Streaming.Commands.Incoming;
using Streaming.Commands.Restoring;

namespace Streaming.Commands;

/// <summary>Metrics and traces of one processor. Names and units follow OpenTelemetry's conventions.</summary>
public sealed class ProcessorTelemetry : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string SourceName = "Streaming.Commands";

    // What OpenTelemetry's SDKs keep of a span's links.
    private const int LinksMax = 128;

    private static readonly ActivitySource Activities = new(SourceName);

    private readonly Meter _meter;
    private readonly KeyValuePair<string, object?> _context;
    private readonly Counter<long> _commands;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _events;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _timers;
    private readonly Counter<long> _aborted;
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _transactionMs;
    private readonly Histogram<double> _restoreMs;
    private readonly Counter<long> _restored;
    private readonly Counter<long> _restoredSnapshots;
    private readonly Counter<long> _ignoredSnapshots;
    private readonly Counter<long> _snapshots;
    private readonly Counter<long> _snapshotBytes;
    private readonly Histogram<double> _roundMs;
    private readonly Counter<long> _erased;

    internal ProcessorTelemetry(string context)
    {
        _context = new("context", context);
        _meter = new Meter(SourceName, version: null, tags: [_context]);
        _commands = _meter.CreateCounter<long>("commands.processed", "{command}", "Commands by outcome, counted when committed.");
        _refusals = _meter.CreateCounter<long>("commands.refused", "{command}", "Refused commands by code.");
        _events = _meter.CreateCounter<long>("commands.events", "{event}", "Events written.");
        _requests = _meter.CreateCounter<long>("commands.requests", "{command}", "Commands sent to aggregates of other contexts.");
        _timers = _meter.CreateCounter<long>("commands.timers.fired", "{command}", "Aggregates told that their deadline has passed.");
        _aborted = _meter.CreateCounter<long>("commands.transactions.aborted", "{transaction}", "Transactions that were aborted and decided again.");
        _batchSize = _meter.CreateHistogram<int>("commands.batch.size", "{command}", "Commands per transaction.");
        _transactionMs = _meter.CreateHistogram<double>("commands.transaction.duration", "ms", "From beginning a transaction to its commit.");
        _restoreMs = _meter.CreateHistogram<double>("commands.restore.duration", "ms", "From the assignment of a partition until it decides.");
        _restored = _meter.CreateCounter<long>("commands.restored", "{event}", "Events folded while restoring.");
        _restoredSnapshots = _meter.CreateCounter<long>("commands.restored.snapshots", "{snapshot}", "States taken from snapshots while restoring.");
        _ignoredSnapshots = _meter.CreateCounter<long>("commands.restored.ignored", "{snapshot}", "Snapshots that could not be used while restoring.");
        _snapshots = _meter.CreateCounter<long>("commands.snapshots", "{snapshot}", "Snapshots written, counted when committed.");
        _snapshotBytes = _meter.CreateCounter<long>("commands.snapshots.size", "By", "Keys and values of the snapshots written.");
        _roundMs = _meter.CreateHistogram<double>("commands.snapshots.round.duration", "ms", "From beginning a round of snapshots to its checkpoint.");
        _erased = _meter.CreateCounter<long>("commands.erased", "{aggregate}", "Aggregates purged.");
    }

    /// <summary>Reports what the duplicates index of the owned partitions holds, and since when.</summary>
    internal void Observe(Func<IEnumerable<PartitionReading>> readings)
    {
        _meter.CreateObservableGauge("commands.duplicates.size", () => Measure(readings, reading => reading.RememberedResults),
            "{result}", "Results that repeated commands are answered from.");
        _meter.CreateObservableGauge("commands.duplicates.reach", () => Measure(readings, reading => reading.ReachMs),
            "ms", "How far back a repeated command is recognised.");
        _meter.CreateObservableGauge("commands.aggregates", () => Measure(readings, reading => reading.Aggregates),
            "{aggregate}", "Aggregates in memory.");
        _meter.CreateObservableGauge("commands.queued", () => Measure(readings, reading => reading.QueuedRecords),
            "{command}", "Commands read and not yet decided.");
        _meter.CreateObservableGauge("commands.waiting", () => Measure(readings, reading => reading.WaitingAggregates),
            "{aggregate}", "Aggregates that wait for something with a deadline.");
    }

    internal void Count(BatchCounts counts)
    {
        Count("accepted", counts.Accepted);
        Count("repeated", counts.Repeated);
        Count("forwarded", counts.Forwarded);
        Count("skipped", counts.Skipped);
        Count("refused", counts.RefusedByCode.Values.Sum());
        foreach (var (code, count) in counts.RefusedByCode)
            _refusals.Add(count, new KeyValuePair<string, object?>("code", code));
        _events.Add(counts.Events);
        _requests.Add(counts.Requests);
        _erased.Add(counts.Erased);
    }

    internal void TimersFired(int count) => _timers.Add(count);

    internal void Committed(int commandCount, TimeSpan duration)
    {
        _batchSize.Record(commandCount);
        _transactionMs.Record(duration.TotalMilliseconds);
    }

    internal void Aborted() => _aborted.Add(1);

    internal void Snapshotted(int count, long sizeBytes)
    {
        _snapshots.Add(count);
        _snapshotBytes.Add(sizeBytes);
    }

    internal void RoundEnded(TimeSpan duration) => _roundMs.Record(duration.TotalMilliseconds);

    internal void Restored(RestoredPartition restored, TimeSpan duration)
    {
        _restored.Add(restored.Events);
        _restoredSnapshots.Add(restored.Snapshots);
        _ignoredSnapshots.Add(restored.IgnoredSnapshots);
        _restoreMs.Record(duration.TotalMilliseconds);
    }

    /// <summary>A span per command, a child of the caller's; null while nobody listens.</summary>
    internal static Activity? StartDeciding(byte[]? traceParent, ConsumeResult<byte[], byte[]> record)
    {
        if (!Activities.HasListeners())
            return null;
        // A caller's trace context that cannot be read starts a trace of our own.
        if (traceParent is null || !ActivityContext.TryParse(CommandEnvelope.Text(traceParent), traceState: null, isRemote: true, out var parent))
            parent = default;
        var activity = Activities.StartActivity("decide", ActivityKind.Consumer, parent);
        activity?.SetTag("messaging.system", "kafka");
        activity?.SetTag("messaging.destination.name", record.Topic);
        activity?.SetTag("messaging.destination.partition.id", record.Partition.Value);
        activity?.SetTag("messaging.kafka.offset", record.Offset.Value);
        return activity;
    }

    /// <summary>A span until the transaction is committed: in the first command's trace, linked to the others', because it is one for all.</summary>
    internal static Activity? StartCommitting(IReadOnlyList<ActivityContext> traces, TopicPartition commands)
    {
        if (traces.Count == 0)
            return null;
        var links = traces.Skip(1).Take(LinksMax).Select(trace => new ActivityLink(trace));
        var activity = Activities.StartActivity("commit", ActivityKind.Internal, traces[0], links: links);
        activity?.SetTag("messaging.destination.name", commands.Topic);
        activity?.SetTag("messaging.destination.partition.id", commands.Partition.Value);
        activity?.SetTag("messaging.batch.message_count", traces.Count);
        return activity;
    }

    internal static byte[] TraceParent(Activity activity) => Encoding.UTF8.GetBytes(activity.Id!);

    public void Dispose() => _meter.Dispose();

    private void Count(string outcome, int count)
    {
        if (count > 0)
            _commands.Add(count, new KeyValuePair<string, object?>("outcome", outcome));
    }

    private static IEnumerable<Measurement<long>> Measure(Func<IEnumerable<PartitionReading>> readings, Func<PartitionReading, long> value) =>
        readings().Select(reading => new Measurement<long>(value(reading), new KeyValuePair<string, object?>("partition", reading.Partition)));
}

/// <summary>What the gauges show of a partition at one moment.</summary>
internal readonly record struct PartitionReading(
    int Partition, int Aggregates, int RememberedResults, long ReachMs, int QueuedRecords, int WaitingAggregates);
