using System.CommandLine;
using System.Text;
using System.Text.Json;
using Spectre.Console;
using Streaming.Contracts.Control;
using Streaming.Sinks.DeadLetters;

namespace Streaming.Cli.Sinks;

/// <summary><c>streamctl dlq</c>: what a sink could not handle, and what becomes of it.</summary>
internal static class DeadLettersCommand
{
    private const int ShownBytesMax = 512;

    public static Command Create() => new("dlq", "Lists, shows, redrives and discards dead letters.")
    {
        Listing(),
        Showing(),
        Deciding("redrive", SinkRequestKind.Redrive, "Handles dead letters again, each aggregate's in their order."),
        Deciding("discard", SinkRequestKind.Discard, "Leaves dead letters out for good; who decided it and why stays on record."),
    };

    private static Command Listing()
    {
        var sink = Sink();
        var all = new Option<bool>("--all") { Description = "Also those that were decided." };
        var json = new Option<bool>("--json") { Description = "Tell programs: one array." };
        return SinkAccess.On(new Command("list", "Dead letters that wait.") { sink, all, json }, async (access, arguments, cancellationToken) =>
        {
            var letters = (await LettersAsync(access, arguments.GetRequiredValue(sink), cancellationToken))
                .Where(letter => arguments.GetValue(all) || letter.State == DeadLetterState.Waiting).ToList();
            if (arguments.GetValue(json))
                Console.WriteLine(JsonSerializer.Serialize(letters.Select(Summary), JsonSerializerOptions.Web));
            else
                Print(letters);
        });
    }

    private static Command Showing()
    {
        var sink = Sink();
        var position = new Argument<string>("position") { Description = "topic-partition@offset, as the list has it." };
        return SinkAccess.On(new Command("show", "One dead letter, whole.") { sink, position }, async (access, arguments, cancellationToken) =>
        {
            var letters = await LettersAsync(access, arguments.GetRequiredValue(sink), cancellationToken);
            Show(Find(letters, arguments.GetRequiredValue(position)));
        });
    }

    private static Command Deciding(string name, SinkRequestKind kind, string description)
    {
        var asking = new SinkAsking();
        var command = asking.AddTo(new Command(name, description));
        var positions = new Argument<string[]>("positions") { Description = "topic-partition@offset, as the list has it. A redrive takes along what waits behind.", Arity = ArgumentArity.ZeroOrMore };
        var because = new Option<string?>("--because") { Description = "All whose reason holds this text." };
        var all = new Option<bool>("--all") { Description = "All that wait." };
        command.Add(positions);
        command.Add(because);
        command.Add(all);
        return SinkAccess.On(command, async (access, arguments, cancellationToken) =>
        {
            var waiting = (await LettersAsync(access, asking.Sink(arguments), cancellationToken)).Where(letter => letter.State == DeadLetterState.Waiting).ToList();
            var named = (arguments.GetValue(positions) ?? []).Select(position => Find(waiting, position)).ToList();
            if (arguments.GetValue(because) is { } text)
                named.AddRange(waiting.Where(letter => letter.Reason.Contains(text, StringComparison.OrdinalIgnoreCase)));
            if (arguments.GetValue(all))
                named = waiting;
            // What waits behind one that is handled has no reason of its own to wait any longer.
            if (kind == SinkRequestKind.Redrive)
                named.AddRange(waiting.Where(letter => named.Any(one => (one.Topic, one.Queue) == (letter.Topic, letter.Queue) && one.Offset < letter.Offset)).ToList());
            if (named.Count == 0)
                throw new Failure("No dead letter is meant: give positions, --because or --all.");
            var sink = (await access.FindAsync(asking.Sink(arguments), cancellationToken)).Name;
            await asking.AskAsync(access, sink, arguments, kind, [.. named.DistinctBy(letter => letter.Position).Select(letter => new SinkTarget(letter.Topic, letter.Partition, letter.Offset))], cancellationToken);
        });
    }

    private static Argument<string> Sink() => new("sink") { Description = "Such as sql-sink; streamctl status lists them." };

    private static async Task<IReadOnlyList<DeadLetter>> LettersAsync(SinkAccess access, string sink, CancellationToken cancellationToken)
    {
        var meant = await access.FindAsync(sink, cancellationToken);
        return await access.Control.DeadLettersAsync(meant.Name, cancellationToken);
    }

    private static DeadLetter Find(IEnumerable<DeadLetter> letters, string position) => letters.FirstOrDefault(letter => letter.Position == position)
        ?? throw new Failure($"There is no dead letter {position}, or it does not wait any more: streamctl dlq list --all shows those there were.");

    private static object Summary(DeadLetter letter) => new
    {
        letter.Position,
        letter.Queue,
        Sequence = letter.EventKey?.Sequence,
        State = letter.State.ToString(),
        letter.Reason,
        letter.Behind,
        letter.Tries,
        letter.RecordedAt,
        letter.ParkedAt,
        letter.Host,
        letter.DecidedBy,
        letter.DecidedAt,
        letter.DecidedFor,
    };

    private static void Print(List<DeadLetter> letters)
    {
        var console = Terminal.Open(Console.Out, Console.IsOutputRedirected);
        if (letters.Count == 0)
        {
            console.WriteLine("None.");
            return;
        }

        var table = new Table { Border = TableBorder.Rounded }.AddColumns("Position", "Aggregate", "State", "Parked", "Tries", "Because");
        foreach (var letter in letters)
        {
            table.AddRow(
                letter.Position, Markup.Escape(letter.EventKey?.ToString() ?? letter.Queue), $"{letter.State}{(letter.DecidedBy is { } by ? $" by {Markup.Escape(by)}" : "")}",
                $"{letter.ParkedAt:u}", $"{letter.Tries}", Markup.Escape(letter.DecidedFor is { } why ? $"{letter.Reason} ({letter.State}: {why})" : letter.Reason));
        }
        console.Write(table);
    }

    private static void Show(DeadLetter letter)
    {
        var console = Terminal.Open(Console.Out, Console.IsOutputRedirected);
        var table = new Table { Border = TableBorder.Rounded }.AddColumns("What", "").HideHeaders();
        Row("Position", letter.Position);
        Row("Aggregate", letter.EventKey?.ToString() ?? letter.Queue);
        Row("State", letter.State.ToString());
        Row("Reason", letter.Reason);
        Row("Waits behind", letter.Behind);
        Row("Tries", $"{letter.Tries}");
        Row("Recorded", $"{letter.RecordedAt:u}");
        Row("Parked", $"{letter.ParkedAt:u} by {letter.Host}");
        Row("Decided", letter.DecidedAt is { } at ? $"{at:u} by {letter.DecidedBy ?? "the sink"}{(letter.DecidedFor is { } why ? $": {why}" : "")}" : null);
        foreach (var (name, value) in letter.Headers)
            Row($"Header {name}", value is null ? "null" : Encoding.UTF8.GetString(value));
        Row("Value", letter.Value is { } bytes ? $"{bytes.Length} bytes: {Convert.ToHexStringLower(bytes.AsSpan(0, Math.Min(bytes.Length, ShownBytesMax)))}" : "none (a tombstone)");
        console.Write(table);

        void Row(string what, string? text)
        {
            if (text is not null)
                table.AddRow(Markup.Escape(what), Markup.Escape(text));
        }
    }
}
