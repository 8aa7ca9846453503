using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace Streaming.Cli.Sinks;

/// <summary><c>streamctl sinks generations</c>: which there are of a sink's destination, what readers see, and what is written.</summary>
internal static class GenerationsCommand
{
    public static Command Create()
    {
        var asked = new Argument<string>("sink") { Description = "Such as sql-sink, or sql for short; streamctl status lists them." };
        var json = new Option<bool>("--json") { Description = "Tell programs: one object." };
        return SinkAccess.On(new Command("generations", "The generations of a sink's destination: what readers see, what is written, how far each is.") { asked, json }, async (access, arguments, cancellationToken) =>
        {
            var sink = await access.FindGenerationsAsync(arguments.GetRequiredValue(asked), cancellationToken);
            var proofs = await access.Control.ProofsAsync(sink.Sink, cancellationToken);
            var generations = sink.Generations.Held.Select(number => Standing(sink, number)).ToList();
            if (arguments.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(new
                {
                    sink.Sink,
                    sink.Generations.Current,
                    Generations = generations,
                    Proofs = proofs.Select(answer => new { Id = answer.RequestId, answer.Proof!.Comparison.Left, answer.Proof.Comparison.Right, answer.Proof.IsEqual, answer.Proof.EventsToGo, answer.At }),
                }, JsonSerializerOptions.Web));
                return;
            }

            var console = Terminal.Open(Console.Out, Console.IsOutputRedirected);
            var table = new Table { Border = TableBorder.Rounded }.AddColumns("Generation", "Group", "Readers", "Written").AddColumn(new TableColumn("To go").RightAligned())
                .AddColumn(new TableColumn("Events/s").RightAligned()).AddColumn("Last compared");
            foreach (var one in generations)
            {
                var proof = proofs.LastOrDefault(answer => answer.Proof!.Comparison.Right == one.Number);
                table.AddRow($"{one.Number}", one.Name, one.IsCurrent ? "see it" : "", one.State, $"{one.EventsToGo}", $"{one.EventsPerSecond:0}",
                    proof is null ? "" : $"{proof.At:u} with {proof.Proof!.Comparison.Left}: {(proof.Proof.IsEqual ? "equal" : proof.Proof.EventsToGo > 0 ? "not whole yet" : "differs")}");
            }
            console.Write(table);
            if (sink.Declared is { } set)
                console.WriteLine($"Set by {set.By} at {set.At:u}{(set.Reason is { } why ? $": {why}" : "")}.");
        });
    }

    private static GenerationStanding Standing(SinkChoice sink, int number)
    {
        var reports = sink.Of(number);
        var isLive = reports.Any(report => TimeProvider.System.GetUtcNow() - report.At < SinkAccess.SilentAfter);
        var isDeclared = sink.Generations.Running.Contains(number);
        var state = (isDeclared, isLive) switch
        {
            (true, true) => string.Join(", ", reports.GroupBy(report => report.State).Select(state => $"{state.Count()} {state.Key}")),
            (true, false) => "no host has it",
            (false, true) => "by its own hosts",
            _ => "stopped",
        };
        return new(number, sink.NameOf(number), number == sink.Generations.Current, state, reports.Sum(report => Math.Max(0, report.LogEnd - report.NextOffset)), isLive ? reports.Sum(report => report.EventsPerSecond) : 0);
    }

    private sealed record GenerationStanding(int Number, string Name, bool IsCurrent, string State, long EventsToGo, double EventsPerSecond);
}
