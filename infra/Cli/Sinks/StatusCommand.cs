using System.CommandLine;
using System.Text.Json;
using Confluent.Kafka.Admin;
using Spectre.Console;

namespace Streaming.Cli.Sinks;

/// <summary><c>streamctl status</c>: how every sink of the installation stands, whoever runs it.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan WatchEvery = TimeSpan.FromSeconds(2);
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    public static Command Create()
    {
        var sink = new Option<string?>("--sink") { Description = "Only this one." };
        var partitions = new Option<bool>("--partitions") { Description = "A line for each partition instead of each topic." };
        var watch = new Option<bool>("--watch") { Description = "Again every two seconds, until Ctrl-C." };
        var json = new Option<bool>("--json") { Description = "Tell programs: one array, a partition each." };
        var status = new Command("status", "Lag, mode, rate and dead letters of every sink.") { sink, partitions, watch, json };
        return SinkAccess.On(status, async (access, arguments, cancellationToken) =>
        {
            using var timer = new PeriodicTimer(WatchEvery);
            do
            {
                var standings = await LookAsync(access, arguments.GetValue(sink), cancellationToken);
                if (arguments.GetValue(json))
                    Console.WriteLine(JsonSerializer.Serialize(standings, _json));
                else
                    Print(standings, arguments.GetValue(partitions), arguments.GetValue(watch));
            }
            while (arguments.GetValue(watch) && await timer.WaitForNextTickAsync(cancellationToken));
        });
    }

    private static async Task<List<SinkStanding>> LookAsync(SinkAccess access, string? sink, CancellationToken cancellationToken)
    {
        var reports = sink is null ? await access.Control.ReportsAsync(cancellationToken) : await access.ReportsAsync(sink, cancellationToken);
        if (reports.Count == 0)
            return [];
        var ends = await access.OffsetsAsync(reports.DistinctBy(report => (report.Topic, report.Partition)), OffsetSpec.Latest());
        var now = TimeProvider.System.GetUtcNow();
        return [.. reports.Select(report => SinkStanding.Of(report, ends[(report.Topic, report.Partition)], now))];
    }

    private static void Print(List<SinkStanding> standings, bool byPartition, bool isWatched)
    {
        var console = Terminal.Open(Console.Out, Console.IsOutputRedirected);
        if (isWatched && !Console.IsOutputRedirected)
            console.Clear();
        if (standings.Count == 0)
        {
            console.WriteLine("No sink has reported yet.");
            return;
        }

        var table = new Table { Border = TableBorder.Rounded }.AddColumns("Sink", byPartition ? "Partition" : "Topic", "State", "Mode")
            .AddColumn(new TableColumn("Lag").RightAligned()).AddColumn(new TableColumn("Behind").RightAligned())
            .AddColumn(new TableColumn("Events/s").RightAligned()).AddColumn(new TableColumn("Parked").RightAligned()).AddColumn("Because");
        foreach (var group in standings.GroupBy(standing => (standing.Sink, Where: byPartition ? $"{standing.Topic}-{standing.Partition}" : standing.Topic)))
        {
            table.AddRow(
                group.Key.Sink, group.Key.Where, string.Join(", ", group.GroupBy(one => one.State).Select(state => byPartition ? state.Key : $"{state.Count()} {state.Key}")),
                string.Join(", ", group.Select(one => one.Mode).Distinct()), $"{group.Sum(one => one.Lag)}", Seconds(group.Max(one => one.LagSeconds)),
                $"{group.Sum(one => one.EventsPerSecond):0}", $"{group.Sum(one => one.ParkedCount)}",
                Markup.Escape(string.Join(" | ", group.Select(one => one.Reason).OfType<string>().Distinct())));
        }
        console.Write(table);
        foreach (var replay in standings.Where(one => one.Mode == "replay"))
            console.WriteLine(replay.Replay);
    }

    private static string Seconds(double seconds) => seconds switch
    {
        < 1 => "0 s",
        < 600 => $"{seconds:0} s",
        _ => $"{seconds / 60:0} min",
    };
}
