using Spectre.Console;
using Streaming.Contracts.Control;

namespace Streaming.Cli.Sinks;

/// <summary>Prints a comparison for a person: a line for each table, then what differs, before and after.</summary>
internal static class ComparisonPrinter
{
    public static void Print(SinkChoice sink, string id, GenerationProof proof)
    {
        var (console, compared) = (Terminal.Open(Console.Out, Console.IsOutputRedirected), proof.Comparison);
        console.WriteLine($"{sink.Sink}: generations {compared.Left} and {compared.Right}, compared at {compared.At:u} in {compared.Seconds:0.0} s ({id}).");
        console.Write(Parts(compared));
        var examples = compared.Parts.SelectMany(part => part.Examples.Select(example => (part.Name, example))).ToList();
        if (examples.Count > 0)
            console.Write(Examples(compared, examples));

        var count = compared.Parts.Sum(part => part.Counts.Values.Sum());
        console.WriteLine(compared.IsEqual ? "What both hold is equal."
            : $"{count} keys differ{(count > examples.Count ? $", of which {examples.Count} are shown" : "")}; columns differ in {compared.Parts.Count(part => part.Columns.Count > 0)} tables.");
        if (proof.EventsToGo == 0 && !compared.IsEqual)
            console.WriteLine($"If that is meant: streamctl sinks swap {sink.Sink} --to {compared.Right} --acknowledge {id}");
        else if (proof.IsEqual)
            console.WriteLine($"Next: streamctl sinks swap {sink.Sink} --to {compared.Right}");
    }

    private static Table Parts(GenerationComparison compared)
    {
        var table = new Table { Border = TableBorder.Rounded }.AddColumn("Table").AddColumn(new TableColumn($"In {compared.Left}").RightAligned())
            .AddColumn(new TableColumn($"In {compared.Right}").RightAligned()).AddColumn(new TableColumn("Moved").RightAligned()).AddColumns("Partitions", "Differs");
        foreach (var part in compared.Parts)
        {
            var differing = part.Partitions.Count(partition => !partition.IsEqual);
            var differences = part.Counts.OrderBy(count => count.Key).Select(count => $"{count.Value} {count.Key.ToString().ToLowerInvariant()}").Concat(part.Columns);
            table.AddRow(
                Markup.Escape(part.Name), $"{part.LeftCount}", $"{part.RightCount}", $"{part.MovedCount}",
                differing == 0 ? $"{part.Partitions.Count} equal" : $"{differing} of {part.Partitions.Count} differ", Markup.Escape(part.IsEqual ? "" : string.Join("; ", differences)));
        }

        return table;
    }

    private static Table Examples(GenerationComparison compared, List<(string Part, EntryDifference Example)> examples)
    {
        var table = new Table { Border = TableBorder.Rounded }.AddColumns("Table", "Key", "How", $"Before ({compared.Left})", $"After ({compared.Right})");
        foreach (var (part, example) in examples)
        {
            table.AddRow(
                Markup.Escape(part), Markup.Escape(example.Key), example.Kind.ToString().ToLowerInvariant(), Markup.Escape(example.Left ?? "none"), Markup.Escape(example.Right ?? "none"));
        }

        return table;
    }
}
