using System.CommandLine;
using System.Globalization;
using Confluent.Kafka.Admin;
using Spectre.Console;
using Streaming.Contracts.Control;

namespace Streaming.Cli.Sinks;

/// <summary><c>streamctl sinks reset</c>: everything from a place on is derived again, or left out.</summary>
internal static class ResetCommand
{
    public static Command Create()
    {
        var asking = new SinkAsking();
        var to = new Option<string?>("--to") { Description = "earliest, latest, an offset, or a time such as 2026-11-21T08:00:00Z. Not with --key." };
        var until = new Option<string?>("--until") { Description = "Only aggregates to which something happened between --to and this are derived again, each whole; then the sink goes on from where it was." };
        var key = new Option<string?>("--key") { Description = "Only this aggregate is derived again, whole; the sink goes on from where it was." };
        var topic = new Option<string?>("--topic") { Description = "Only this topic's partitions." };
        var partition = new Option<int?>("--partition") { Description = "Only the partitions of this number." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would happen, and ask nothing." };
        var yes = new Option<bool>("--yes") { Description = "Confirms a reset forward, which leaves events out." };
        var cutReplay = new Option<bool>("--cut-replay") { Description = "Confirms a reset forward in the middle of a replay: what the replay has not come to stays out, although it was handled before." };
        var reset = new Command("reset", "Derives everything from a place on again with today's code, and replaces what was derived before.") { to, until, key, topic, partition, dryRun, yes, cutReplay };
        async Task AskAsync(SinkAccess access, SinkChoice sink, ParseResult arguments, IReadOnlyList<SinkTarget> targets, string? aggregate)
        {
            foreach (var target in targets)
                Console.WriteLine(RederiveTargets.Describe(target, aggregate));
            if (!arguments.GetValue(dryRun) && targets.Count > 0)
                await asking.AskAsync(access, sink.Name, arguments, SinkRequestKind.Rederive, targets, CancellationToken.None, aggregate);
        }

        return SinkAccess.On(asking.AddTo(reset), async (access, arguments, cancellationToken) =>
        {
            var sink = await access.FindAsync(asking.Sink(arguments), cancellationToken);
            var reports = sink.OfMeant
                .Where(report => arguments.GetValue(topic) is not { } only || report.Topic == only)
                .Where(report => arguments.GetValue(partition) is not { } only || report.Partition == only)
                .ToList();
            if (reports.Count == 0)
                throw new Failure("The sink has no such partition.");

            if (arguments.GetValue(key) is { } aggregate)
            {
                if (arguments.GetValue(to) is not null || arguments.GetValue(until) is not null)
                    throw new Failure("An aggregate is derived whole: --key goes without --to and --until.");
                await AskAsync(access, sink, arguments, [RederiveTargets.OfKey(aggregate, reports)], aggregate);
                return;
            }

            var from = arguments.GetValue(to) ?? throw new Failure("Give --to, or --key.");
            if (arguments.GetValue(until) is { } end)
            {
                await AskAsync(access, sink, arguments, RederiveTargets.Between(reports, await WantedAsync(access, reports, from), await WantedAsync(access, reports, end)), aggregate: null);
                return;
            }

            var moves = await PlanAsync(access, reports, from);
            Print(moves);
            if (arguments.GetValue(dryRun) || moves.Count == 0)
                return;
            var skipped = moves.Sum(move => Math.Max(0, move.To - move.Report.NextOffset));
            if (skipped > 0 && !arguments.GetValue(yes))
                throw new Failure($"This leaves out {skipped} offsets that the sink has not handled. Add --yes if that is meant.");
            await asking.AskAsync(
                access, sink.Name, arguments, SinkRequestKind.Reset, [.. moves.Select(move => new SinkTarget(move.Report.Topic, move.Report.Partition, move.To))], cancellationToken,
                cutsReplay: arguments.GetValue(cutReplay));
        });
    }

    /// <summary>Where each partition goes; those that stand there already are left out.</summary>
    private static async Task<List<(SinkReport Report, long To)>> PlanAsync(SinkAccess access, List<SinkReport> reports, string to)
    {
        var wanted = await WantedAsync(access, reports, to);
        return [.. reports.Select(report => (report, To: wanted[(report.Topic, report.Partition)])).Where(move => move.To != move.report.NextOffset)];
    }

    /// <summary>What a place means in each partition.</summary>
    private static async Task<Dictionary<(string Topic, int Partition), long>> WantedAsync(SinkAccess access, List<SinkReport> reports, string to)
    {
        var starts = await access.OffsetsAsync(reports, OffsetSpec.Earliest());
        var ends = await access.OffsetsAsync(reports, OffsetSpec.Latest());
        Dictionary<(string, int), long> wanted;
        if (to == "earliest")
            wanted = starts;
        else if (to == "latest")
            wanted = ends;
        else if (long.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            wanted = reports.ToDictionary(report => (report.Topic, report.Partition), report => Math.Clamp(offset, starts[(report.Topic, report.Partition)], ends[(report.Topic, report.Partition)]));
        else if (DateTimeOffset.TryParse(to, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            wanted = await access.OffsetsAsync(reports, OffsetSpec.ForTimestamp(time.ToUnixTimeMilliseconds()));
        else
            throw new Failure($"--to {to}: give earliest, latest, an offset, or a time such as 2026-11-21T08:00:00Z.");

        // Nothing was recorded since that time: the end.
        return wanted.ToDictionary(place => place.Key, place => place.Value >= 0 ? place.Value : ends[place.Key]);
    }

    private static void Print(List<(SinkReport Report, long To)> moves)
    {
        var console = Terminal.Open(Console.Out, Console.IsOutputRedirected);
        if (moves.Count == 0)
        {
            console.WriteLine("Every partition stands there already.");
            return;
        }

        var table = new Table { Border = TableBorder.Rounded }.AddColumn("Partition").AddColumn(new TableColumn("Stands at").RightAligned())
            .AddColumn(new TableColumn("Goes to").RightAligned()).AddColumn("Which");
        foreach (var (report, to) in moves)
        {
            var distance = Math.Abs(to - report.NextOffset);
            table.AddRow($"{report.Topic}-{report.Partition}", $"{report.NextOffset}", $"{to}",
                to < report.NextOffset ? $"derives up to {distance} events again" : $"leaves out up to {distance} events");
        }
        console.Write(table);
    }
}
