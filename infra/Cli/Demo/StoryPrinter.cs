using Spectre.Console;
using Streaming.Cli.Api;
using Streaming.Cli.Fulfilment;

namespace Streaming.Cli.Demo;

/// <summary>Prints the story. Nothing in it depends on when or how often it is told, but for how much was derived again, and how long that took.</summary>
internal sealed class StoryPrinter(IAnsiConsole console)
{
    public void Part(string title, string about)
    {
        console.Write(new Rule($"[bold]{Markup.Escape(title)}[/]") { Justification = Justify.Left });
        console.WriteLine(about);
        console.WriteLine();
    }

    public void Timeline(string title, IReadOnlyList<HistoryEntry> history)
    {
        var table = Begin(title, "Date", "Event", ">Change", "Reason", ">Balance", "topic-partition@offset");
        foreach (var entry in history)
        {
            table.AddRow(
                $"{entry.Date:yyyy-MM-dd}", Markup.Escape(entry.Type.Split('.')[^1]), entry.Delta == 0 ? "" : $"{entry.Delta:+0;-0}",
                Markup.Escape(entry.Reason ?? ""), $"{entry.UnitCount}", Markup.Escape(entry.Position));
        }
        End(table);
    }

    public void Records(IReadOnlyList<(DateOnly Date, StockRecord Record)> records)
    {
        var table = Begin("The record as it stood at the end of a day, from SQL", "As of", "SKU", ">Unit-Count", "Date-incoming", "Date-outgoing");
        foreach (var (date, record) in records)
            table.AddRow($"{date:yyyy-MM-dd}", record.Sku, $"{record.UnitCount}", $"{record.DateIncoming:yyyy-MM-dd}", $"{record.DateOutgoing:yyyy-MM-dd}");
        End(table);
    }

    public void Days(string without, string with, IReadOnlyList<LateSaleProof.ByDay> days)
    {
        var table = Begin(
            $"By business time: {with} differs from the day of the late sale on, and only then", "As of", $">{without}", $">{with}, with the late sale", ">Difference");
        foreach (var day in days)
            table.AddRow($"{day.Date:yyyy-MM-dd}", $"{day.Without}", $"{day.With}", day.With == day.Without ? "" : $"{day.With - day.Without:+0;-0}");
        End(table);
    }

    public void Recordings(string sku, IReadOnlyList<LateSaleProof.ByRecording> recordings)
    {
        var table = Begin($"By recorded time: what was known of {sku} when this was the newest event has not changed", "Newest event", ">Units known then", ">Balance it carries");
        foreach (var recording in recordings)
            table.AddRow($"{recording.Newest.Sequence} {recording.Newest.Type.Split('.')[^1]} of {recording.Newest.Date:yyyy-MM-dd}", $"{recording.Known}", $"{recording.Newest.UnitCount}");
        End(table);
    }

    public void Account(string title, IReadOnlyList<LoggedEvent> events)
    {
        var table = Begin(title, "Date", "Event", ">Change", ">Balance", "Reason", "topic-partition@offset");
        foreach (var happened in events)
        {
            table.AddRow(
                $"{happened.OccurredAt:yyyy-MM-dd}", happened.Name, $"{AccountStory.Change(happened):+0.00;-0.00}", $"{happened.Number("balance"):0.00}",
                Markup.Escape(happened.Text("reason") ?? ""), Markup.Escape(happened.Position));
        }
        End(table);
    }

    public void Fulfilment(string title, IReadOnlyList<LoggedEvent> events)
    {
        console.MarkupLineInterpolated($"[bold]{title}[/]");
        End(FulfilmentPrinter.Table(events));
    }

    public void Holdings(string title, OrderStory.Holdings holdings)
    {
        var table = Begin(title, ">On hand", ">Reserved", ">Balance", ">Held");
        table.AddRow($"{holdings.OnHand}", $"{holdings.Reserved}", holdings.Balance, holdings.Held);
        End(table);
    }

    public void Close(StockRecord record)
    {
        console.MarkupLineInterpolated($"{record.Sku} ends with [bold]{record.UnitCount}[/] units.");
        console.WriteLine();
    }

    public void Figures(IReadOnlyList<Destinations.Figure> figures)
    {
        var table = Begin("The same figures from each: SQL and search keep them, the lake's rows are summed up", "What", ">SQL", ">Search", ">Lake", ">Rows summed up");
        foreach (var figure in figures)
            table.AddRow(figure.What, $"{figure.Sql:0.##}", $"{figure.Search:0.##}", $"{figure.Lake:0.##}", $"{figure.Rows}");
        End(table);
    }

    public void Found(string words, IReadOnlyList<FoundProduct> products)
    {
        var table = Begin($"Search: products with the words \"{words}\" (GET /products?q={words.Replace(' ', '+')})", "SKU", "Name", ">On hand", ">Available");
        foreach (var product in products)
            table.AddRow(Markup.Escape(product.Sku), Markup.Escape(product.Name), $"{product.OnHand}", $"{product.Available}");
        End(table);
    }

    public void Months(string account, IReadOnlyList<MonthOfMovements> months)
    {
        var table = Begin($"Search: account {account} by month, summed up there (GET /accounts/{account}/movements)", "Month", ">Movements", ">Sum");
        foreach (var month in months)
            table.AddRow($"{month.Month:yyyy-MM}", $"{month.Movements}", $"{month.Amount:+0.00;-0.00}");
        End(table);
    }

    public void Messages(IReadOnlyList<SentMessage> messages)
    {
        if (messages.Count == 0)
        {
            console.WriteLine("Customers were told nothing since the stack was started: each is told once, when it happens, and never again in a replay.");
            console.WriteLine();
            return;
        }

        var table = Begin("What customers were told: once, when it happened, and never again in a replay", "Customer", "Subject", "Text");
        foreach (var message in messages)
            table.AddRow(Markup.Escape(message.CustomerId), Markup.Escape(message.Subject), Markup.Escape(message.Text));
        End(table);
    }

    public void Pause(IReadOnlyList<PauseStory.Shelf> shelves)
    {
        var table = Begin(
            $"streamctl sinks pause {PauseStory.Paused}, then resume: the others go on, and it catches up", $"Units of {PauseStory.Product}", ">SQL", ">Search", ">Lake");
        foreach (var shelf in shelves)
            table.AddRow(shelf.When, $"{shelf.Sql}", $"{shelf.Search}", $"{shelf.Lake}");
        End(table);
    }

    public void Reset(ResetStory.Outcome outcome)
    {
        console.MarkupLineInterpolated($"[bold]streamctl sinks reset {ResetStory.Sink} --to earliest: every row is derived again from the first event on[/]");
        console.WriteLine($"{outcome.Reset.Events} offsets of {outcome.Reset.Partitions} partitions in {outcome.Reset.Took.TotalSeconds:0.0} s; {outcome.Answers} answers compared before and after: all the same.");
        console.WriteLine();
    }

    /// <summary>A command that a person would type; what it prints follows.</summary>
    public void Command(string command) => console.MarkupLineInterpolated($"[bold]{command}[/]");

    public void Same(int answers) => console.WriteLine($"Readers see the new tables from here on; {answers} answers compared before and after: all the same.");

    public void Gap() => console.WriteLine();

    // A column whose name starts with > holds numbers.
    private Table Begin(string title, params IEnumerable<string> columns)
    {
        console.MarkupLineInterpolated($"[bold]{title}[/]");
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var column in columns)
        {
            var name = new TableColumn(Markup.Escape(column.TrimStart('>')));
            table.AddColumn(column.StartsWith('>') ? name.RightAligned() : name);
        }
        return table;
    }

    private void End(Table table)
    {
        console.Write(table);
        console.WriteLine();
    }
}
