using Spectre.Console;
using Streaming.ContractRules;

namespace Streaming.Cli.Schemas;

/// <summary>The check as a table of contexts, records and versions, with what is broken below it.</summary>
internal static class SchemasPrinter
{
    public static void Print(ContractReport report, IAnsiConsole console)
    {
        var table = new Table().RoundedBorder().AddColumns("Context", "Record", "Versions", "Supersedes", "");
        var context = "";
        foreach (var line in report.Records.OrderBy(line => line.Context, StringComparer.Ordinal))
        {
            var isFirst = line.Context != context;
            context = line.Context;
            table.AddRow(
                isFirst ? context : "", Within(line.FullName, context), $"{line.VersionCount}",
                string.Join(", ", line.Supersedes.Select(old => Within(old, context))), line.IsOk ? "[green]ok[/]" : "[red]broken[/]");
        }
        console.Write(table);
        foreach (var finding in report.Findings)
            console.MarkupLine($"[red]{Markup.Escape($"[{finding.Rule}]")}[/] {Markup.Escape($"{finding.File}: {finding.What}")}\n    {Markup.Escape(finding.ToDo)}");
        console.MarkupLine(report.IsOk
            ? $"{report.Records.Sum(line => line.VersionCount)} versions of {report.Records.Count} records keep what was promised."
            : $"[red]{report.Findings.Count} broken.[/]");
    }

    /// <summary>The name as people of that context say it: <c>v2.StockFound</c>.</summary>
    private static string Within(string fullName, string context) =>
        Markup.Escape(fullName.StartsWith($"streaming.{context}.", StringComparison.Ordinal) ? fullName[$"streaming.{context}.".Length..] : fullName);
}
