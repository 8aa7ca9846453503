using System.Diagnostics;
using Confluent.Kafka;
using Streaming.Sinks.Events;
using Streaming.Sinks.Reading;

namespace Streaming.Sinks.DryRuns;

/// <summary>The committed records of some partitions from where a dry run begins to where they end when it does.</summary>
/// <remarks>Read by assignment: no group is joined, none appears, nothing is committed.</remarks>
internal sealed class History : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private const int RecordsMax = 5_000;

    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly Dictionary<TopicPartition, (long Next, long End)> _open = [];
    private long _lastTaken;

    private History(IConsumer<byte[]?, byte[]?> consumer) => _consumer = consumer;

    /// <summary>Offsets between beginning and end, of all partitions; fewer events, where transactions or compaction have left gaps.</summary>
    public long TotalCount { get; private set; }

    public bool IsAtEnd => _open.Count == 0;

    /// <summary>Those of <see cref="TotalCount"/> that are behind us.</summary>
    public long DoneCount => TotalCount - _open.Values.Sum(position => position.End - position.Next);

    /// <summary>Partitions that are read from their first record on.</summary>
    public HashSet<TopicPartition> Whole { get; } = [];

    /// <exception cref="KafkaException">The cluster didn't answer.</exception>
    public static History Open(ConsumerConfig config, IReadOnlyCollection<TopicPartition> partitions, DateTimeOffset? from)
    {
        var history = new History(QuietClients.Consumer(config));
        try
        {
            history.Begin(partitions, from);
            return history;
        }
        catch
        {
            history.Dispose();
            throw;
        }
    }

    /// <summary>Some records, in their order within each partition: what comes within a moment.</summary>
    /// <exception cref="TimeoutException">Nothing came for a minute although something is there.</exception>
    public List<LogRecord> Read(TimeSpan within, CancellationToken cancellationToken)
    {
        var records = new List<LogRecord>();
        var started = Stopwatch.GetTimestamp();
        _lastTaken = _lastTaken == 0 ? started : _lastTaken;
        while (!IsAtEnd && records.Count < RecordsMax && !cancellationToken.IsCancellationRequested && (records.Count == 0 || Stopwatch.GetElapsedTime(started) < within))
        {
            if (_consumer.Consume(within) is { } result)
                Take(result, records);
            else if (Stopwatch.GetElapsedTime(_lastTaken) > Patience)
                throw new TimeoutException($"nothing came for {Patience.TotalSeconds:0} s, although {_open.Keys.First()} has more: the cluster is away, or too busy.");
            else if (Stopwatch.GetElapsedTime(started) > within)
                break;
        }

        return records;
    }

    public void Dispose() => _consumer.Dispose();

    private void Begin(IReadOnlyCollection<TopicPartition> partitions, DateTimeOffset? from)
    {
        var atTime = from is { } time
            ? _consumer.OffsetsForTimes(partitions.Select(partition => new TopicPartitionTimestamp(partition, new Timestamp(time.UtcDateTime))), RequestTimeout).ToDictionary(found => found.TopicPartition, found => found.Offset)
            : [];
        foreach (var partition in partitions)
        {
            var bounds = _consumer.QueryWatermarkOffsets(partition, RequestTimeout);
            var start = atTime.TryGetValue(partition, out var found) ? found == Offset.End ? bounds.High.Value : Math.Max(found.Value, bounds.Low.Value) : bounds.Low.Value;
            if (start == bounds.Low.Value)
                Whole.Add(partition);
            if (start < bounds.High.Value)
                _open[partition] = (start, bounds.High.Value);
            TotalCount += Math.Max(0, bounds.High.Value - start);
        }

        _consumer.Assign(_open.Select(position => new TopicPartitionOffset(position.Key, position.Value.Next)));
    }

    private void Take(ConsumeResult<byte[]?, byte[]?> result, List<LogRecord> records)
    {
        // What was recorded since the beginning is not history; and an end before the one awaited is that of the committed records.
        if (!_open.TryGetValue(result.TopicPartition, out var position))
            return;
        _lastTaken = Stopwatch.GetTimestamp();
        if (!result.IsPartitionEOF && result.Offset < position.End)
            records.Add(LogRecord.From(result));
        if (result.IsPartitionEOF || result.Offset + 1 >= position.End)
            Close(result.TopicPartition);
        else
            _open[result.TopicPartition] = position with { Next = result.Offset + 1 };
    }

    // What is recorded meanwhile is not fetched for nothing.
    private void Close(TopicPartition partition)
    {
        _open.Remove(partition);
        _consumer.Pause([partition]);
    }
}
