using Spectre.Console;
using Streaming.Cli.Api;

namespace Streaming.Cli.Fulfilment;

/// <summary>Prints fulfilments as tables.</summary>
internal sealed class FulfilmentPrinter(IAnsiConsole console)
{
    public void List(IReadOnlyList<OpenOrder> orders)
    {
        if (orders.Count == 0)
        {
            console.WriteLine("None.");
            return;
        }

        var table = new Table { Border = TableBorder.Rounded }.AddColumns("Order", "Waits for", "Attempt", "Since", "Until", "Not answered", "Stuck because");
        foreach (var order in orders)
        {
            table.AddRow(
                Markup.Escape(order.OrderId), order.Phase, $"{order.Attempt}", $"{order.ChangedAt:u}", order.Deadline is { } until ? $"{until:u}" : "an operator",
                Markup.Escape(string.Join(", ", order.Outstanding)), Markup.Escape(order.Stuck is { } stuck ? $"{stuck.Code}: {stuck.Reason}" : ""));
        }
        console.Write(table);
    }

    public void Story(string order, IReadOnlyList<LoggedEvent> events)
    {
        console.MarkupLineInterpolated($"[bold]{order}, since {events[0].RecordedAt:u}[/]");
        console.Write(Table(events));
    }

    /// <summary>One line an event, with the time since the first.</summary>
    public static Table Table(IReadOnlyList<LoggedEvent> events)
    {
        var table = new Table { Border = TableBorder.Rounded }.AddColumn(new TableColumn("After").RightAligned()).AddColumns("Event", "What", "Asks");
        foreach (var happened in events)
        {
            var (what, asks) = FulfilmentWords.Of(happened);
            table.AddRow($"{(happened.RecordedAt - events[0].RecordedAt).TotalSeconds:0.000} s", happened.Name, Markup.Escape(what), Markup.Escape(asks));
        }
        return table;
    }
}
