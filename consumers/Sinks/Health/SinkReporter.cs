using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Contracts.Control;
using Streaming.Sinks.Events;

namespace Streaming.Sinks.Health;

/// <summary>Tells the status topic how the partitions of this host stand: whoever operates the pipeline needs no address of any host.</summary>
/// <param name="topic">The status topic.</param>
/// <param name="generation">Which one the sink writes; null where the destination holds one only.</param>
/// <param name="isPinned">The host was configured for it.</param>
internal sealed class SinkReporter(
    string sink, int? generation, bool isPinned, string topic, SinkStatus status, SinkOptions options, IProducer<byte[]?, byte[]?> producer, TimeProvider time, ILogger logger)
{
    private readonly Dictionary<PartitionStatus, (long Events, long At)> _before = [];

    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(options.ReportIntervalMs), time);
        try
        {
            do
            {
                Report();
            }
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException)
        {
            Report();   // Where it stopped.
        }
    }

    private void Report()
    {
        var partitions = status.Partitions.ToList();
        foreach (var gone in _before.Keys.Except(partitions).ToList())
            _before.Remove(gone);
        foreach (var report in partitions.Select(ReportOn))
        {
            // Not awaited: a report that is lost is followed by the next.
            producer.Produce(topic, new() { Key = Encoding.UTF8.GetBytes(report.Key), Value = JsonSerializer.SerializeToUtf8Bytes(report, ControlJson.Default.SinkReport) },
                delivered =>
                {
                    if (delivered.Error.IsError)
                        logger.ControlTroubled(topic, delivered.Error.Reason);
                });
        }
    }

    private SinkReport ReportOn(PartitionStatus partition)
    {
        var progress = partition.Progress;
        var (state, reason) = partition.Now;
        return new SinkReport(
            sink, partition.Topic, partition.Partition, Environment.MachineName, Words(state), reason, Words(progress.Mode),
            progress.NextOffset, progress.LogEnd, Math.Round(progress.LagTime.TotalSeconds, 1), Rate(partition), partition.ParkedCount,
            partition.Epoch, partition.ReplayUntil, time.GetUtcNow(), generation, isPinned);
    }

    private double Rate(PartitionStatus partition)
    {
        var (count, now) = (partition.EventCount, time.GetTimestamp());
        var rate = _before.TryGetValue(partition, out var before) && time.GetElapsedTime(before.At, now).TotalSeconds is > 0 and var seconds
            ? (count - before.Events) / seconds
            : 0;
        _before[partition] = (count, now);
        return Math.Round(rate, 1);
    }

    private static string Words(PartitionState state) => state == PartitionState.AwaitingAnswer ? "awaiting-answer" : state.ToString().ToLowerInvariant();

    private static string Words(SinkMode mode) => mode == SinkMode.CatchUp ? "catch-up" : mode.ToString().ToLowerInvariant();
}
