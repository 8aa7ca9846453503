using System.Text.Json;
using Confluent.Kafka.Admin;
using Spectre.Console;
using Streaming.Contracts.Control;

namespace Streaming.Cli.Sinks;

/// <summary>Shows how a generation is being built until it has come to where the log ended when it was asked for.</summary>
/// <param name="startedAt">Reports from before are of an earlier life.</param>
internal sealed class RebuildWatch(SinkAccess access, SinkChoice sink, int generation, DateTimeOffset startedAt, bool isJson)
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan HostPatience = TimeSpan.FromSeconds(30);

    // Beside name, rate and time to go in a terminal of 80 columns.
    private const int BarColumns = 20;

    /// <exception cref="Failure">A partition of it has stopped, or no host takes it.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // Where the generation that readers see reads, the new one does.
        var partitions = sink.Reports.DistinctBy(report => (report.Topic, report.Partition)).OrderBy(report => (report.Topic, report.Partition)).ToList();
        var starts = await access.OffsetsAsync(partitions, OffsetSpec.Earliest());
        var ends = await access.OffsetsAsync(partitions, OffsetSpec.Latest());
        var bars = partitions.Select(report => new Bar($"{report.Topic}-{report.Partition}", (report.Topic, report.Partition), starts[(report.Topic, report.Partition)], ends[(report.Topic, report.Partition)])).ToList();
        if (Console.IsOutputRedirected || isJson)
            await WatchAsync(bars, Print, TimeSpan.FromSeconds(2), cancellationToken);
        else
            await DrawAsync(bars, cancellationToken);
    }

    private Task DrawAsync(List<Bar> bars, CancellationToken cancellationToken) => AnsiConsole.Progress()
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = BarColumns }, new PercentageColumn())
        .StartAsync(async drawing =>
        {
            var total = drawing.AddTask("all", maxValue: Math.Max(1, bars.Sum(bar => bar.Size)));
            var tasks = bars.Where(bar => bar.Size > 0).ToDictionary(bar => bar, bar => drawing.AddTask(bar.Name, maxValue: bar.Size));
            await WatchAsync(bars, all =>
            {
                total.Value = all.Sum(bar => bar.Done);
                total.Description = Markup.Escape(Words("all", all.Sum(bar => bar.Left), all.Sum(bar => bar.Rate)));
                foreach (var (bar, task) in tasks)
                    (task.Value, task.Description) = (bar.Done, Markup.Escape(Words(bar.Name, bar.Left, bar.Rate)));
            }, PollTime, cancellationToken);
        });

    private async Task WatchAsync(List<Bar> bars, Action<List<Bar>> show, TimeSpan showEvery, CancellationToken cancellationToken)
    {
        var shown = DateTimeOffset.MinValue;
        for (var began = TimeProvider.System.GetTimestamp(); ;)
        {
            var reports = (await access.Control.ReportsAsync(cancellationToken)).Where(report => report.Sink == sink.NameOf(generation)).ToList();
            var fresh = reports.Where(report => report.At >= startedAt).ToList();
            if (fresh.Find(report => report.State == "stopped") is { } stopped)
                throw new Failure($"Generation {generation} stopped at {stopped.Topic}-{stopped.Partition}: {stopped.Reason} What readers see goes on.");
            if (fresh.Count == 0 && TimeProvider.System.GetElapsedTime(began) > HostPatience)
                throw new Failure($"No host has reported on generation {generation} for {HostPatience.TotalSeconds:0} s. It is built when one runs.");
            foreach (var bar in bars)
                bar.Take(reports.Find(report => (report.Topic, report.Partition) == bar.Place), fresh.Exists(report => (report.Topic, report.Partition) == bar.Place));
            var isDone = bars.TrueForAll(bar => bar.IsDone);
            if (isDone || TimeProvider.System.GetUtcNow() - shown >= showEvery)
            {
                show(bars);
                shown = TimeProvider.System.GetUtcNow();
            }

            if (isDone)
                return;
            await Task.Delay(PollTime, TimeProvider.System, cancellationToken);
        }
    }

    private void Print(List<Bar> bars)
    {
        var (left, size, rate) = (bars.Sum(bar => bar.Left), bars.Sum(bar => bar.Size), bars.Sum(bar => bar.Rate));
        Console.WriteLine(isJson
            ? JsonSerializer.Serialize(new
            {
                Generation = generation, Size = size, ToGo = left, EventsPerSecond = rate, SecondsToGo = rate > 0 ? (double?)Math.Round(left / rate) : null,
                Partitions = bars.Select(bar => new { bar.Place.Topic, bar.Place.Partition, bar.Size, ToGo = bar.Left, EventsPerSecond = bar.Rate }),
            }, JsonSerializerOptions.Web)
            : $"{(size == 0 ? 100 : 100 * (size - left) / size)} %  {Words($"{size - left} of {size}", left, rate)}");
    }

    private static string Words(string name, long left, double rate) =>
        left == 0 ? $"{name}, all there" : rate > 0 ? $"{name}, {rate:0} events/s, {TimeSpan.FromSeconds(left / rate):hh\\:mm\\:ss} to go" : $"{name}, {left} to go";

    /// <summary>One partition on its way from the log's start to where it ended.</summary>
    private sealed class Bar(string name, (string Topic, int Partition) place, long start, long end)
    {
        public string Name => name;
        public (string Topic, int Partition) Place => place;
        public long Size => end - start;
        public long Done { get; private set; }
        public long Left => Size - Done;
        public double Rate { get; private set; }
        public bool IsDone { get; private set; }

        public void Take(SinkReport? report, bool isFresh)
        {
            Done = Math.Clamp((report?.NextOffset ?? start) - start, 0, Size);
            Rate = isFresh && Left > 0 ? report!.EventsPerSecond : 0;
            IsDone = isFresh && report!.NextOffset >= end;
        }
    }
}
