using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Contracts.Control;
using Streaming.Sinks.Control;
using Streaming.Sinks.Health;

namespace Streaming.Sinks.Worker;

/// <summary>Starts and stops generations as the control topic declares them, each a run of its own.</summary>
/// <remarks>One that is stopped keeps its position in its destination: declared again, it goes on from there, here or on another host.</remarks>
internal sealed class GenerationRuns(
    HostContext host, GenerationOpening opening, ControlBoard board, string statusTopic, SinkRuns runs, IProducer<byte[]?, byte[]?> producer, IMeterFactory meters, ILogger logger)
{
    private readonly Dictionary<int, GenerationRun> _known = [];

    private IEnumerable<GenerationRun> Running => _known.Values.Where(run => run.IsRunning);

    /// <summary>Until the host stops, or what readers see cannot go on.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(host.Options.ControlPollMs), host.Time);
        try
        {
            do
            {
                await FollowAsync();
            }
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host stops.
        }
        finally
        {
            await Task.WhenAll(Running.ToList().Select(StopAsync));
            foreach (var run in _known.Values)
                run.Dispose();
        }
    }

    private async Task FollowAsync()
    {
        var declared = board.Generations.Declared ?? SinkGenerations.Only(opening.ConfiguredNumber);
        IReadOnlyList<int> wanted = opening.IsPinned ? [opening.ConfiguredNumber] : declared.Running;
        runs.Current = opening.Destination is null ? opening.ConfiguredNumber : declared.Current;
        foreach (var failed in Running.Where(run => run.Ended.IsCompleted).ToList())
            await failed.Ended;
        foreach (var left in Running.Where(run => !wanted.Contains(run.Number)).ToList())
            await StopAsync(left);
        foreach (var number in wanted.Where(number => !Running.Any(run => run.Number == number)))
            Start(number);
        if (_known.GetValueOrDefault(runs.Current) is { } current)
            current.Lead();
    }

    private void Start(int number)
    {
        if (!_known.TryGetValue(number, out var run))
        {
            var sink = opening.Open(number);
            var status = new SinkStatus();
            _known.Add(number, run = new GenerationRun(number, sink, status, new SinkMetrics(meters, status, sink), host.Options, ownsSink: number != opening.ConfiguredNumber));
        }

        run.Status.Problem = "starting";
        runs.Add(number, run.Status);
        run.Start(stopping => RunAsync(run, stopping));
    }

    private async Task StopAsync(GenerationRun run)
    {
        await run.StopAsync();
        runs.Remove(run.Number);
    }

    /// <summary>A generation that readers don't see may fail, and is tried again; what they see takes the host with it, which says why.</summary>
    private async Task RunAsync(GenerationRun run, CancellationToken stopping)
    {
        var delay = TimeSpan.FromMilliseconds(host.Options.RetryDelayMaxMs);
        while (true)
        {
            try
            {
                await new SinkRun(
                    run.Sink, opening.Destination is null ? null : run.Number, opening.Destination is not null && opening.IsPinned, isBeside: run.Number != runs.Current, host, board.Of(run.Sink.Name), run.Status, run.Metrics,
                    run.Writers, logger).RunAsync(stopping);
                return;
            }
            catch (Exception cause) when (!stopping.IsCancellationRequested && runs.Leading != run.Status)
            {
                run.Status.Problem = cause.Message;
                logger.GenerationFailed(cause, run.Sink.Name, (long)delay.TotalMilliseconds, cause.Message);
                Report(run, cause.Message);
            }

            await Task.Delay(delay, host.Time, stopping);
        }
    }

    /// <summary>Who asks how it goes gets to know why it doesn't: no partition of it is anybody's to report on.</summary>
    private void Report(GenerationRun run, string reason)
    {
        var report = new SinkReport(
            run.Sink.Name, host.Contexts[0].Events.Name, 0, Environment.MachineName, "stopped", reason, "catch-up", 0, 0, 0, 0, 0, 0, 0, host.Time.GetUtcNow(), run.Number);
        producer.Produce(statusTopic, new() { Key = Encoding.UTF8.GetBytes(report.Key), Value = JsonSerializer.SerializeToUtf8Bytes(report, ControlJson.Default.SinkReport) });
    }
}
