using System.CommandLine;
using System.Text.Json;
using Streaming.Contracts.Control;

namespace Streaming.Cli.Sinks;

/// <summary><c>streamctl sinks rebuild</c>: everything is derived again into a new generation, beside what readers see.</summary>
internal static class RebuildCommand
{
    public static Command Create()
    {
        var asking = new SinkAsking();
        var number = new Option<int?>("--generation") { Description = "Which one; by default the one that is being built or was cancelled, else a new one." };
        var cancel = new Option<bool>("--cancel") { Description = "Stop building. What is there stays, and is built on when asked again." };
        var detach = new Option<bool>("--detach") { Description = "Don't wait until it has come to the end." };
        var json = new Option<bool>("--json") { Description = "Tell programs: one object a line." };
        var command = new Command("rebuild", "Derives everything again into a new generation, beside the one that readers see. Run again, it goes on.") { number, cancel, detach, json };
        return SinkAccess.On(asking.AddTo(command), async (access, arguments, cancellationToken) =>
        {
            var sink = await access.FindGenerationsAsync(asking.Sink(arguments), cancellationToken);
            var set = sink.Generations;
            if (arguments.GetValue(cancel))
            {
                await CancelAsync(access, sink, arguments.GetValue(number) ?? set.Running.LastOrDefault(one => one != set.Current), asking, arguments, cancellationToken);
                return;
            }

            var chosen = arguments.GetValue(number) ?? Unfinished(set) ?? set.Newest + 1;
            if (chosen < 1)
                throw new Failure("Generations are numbered from 1.");
            if (chosen <= set.Newest && !set.Held.Contains(chosen))
                throw new Failure($"Generation {chosen} is not there any more, and no number is given twice: leave --generation out for a new one.");
            var started = TimeProvider.System.GetUtcNow();
            if (!set.Running.Contains(chosen) && !sink.IsWrittenElsewhere(chosen))
                await access.DeclareAsync(sink, Signed(set.Started(chosen), asking, arguments), cancellationToken);
            Say(arguments.GetValue(json), new { sink.Sink, Generation = chosen, Action = "started" },
                $"Generation {chosen} of {sink.Sink} is built beside generation {set.Current}, which goes on. Its group is {sink.NameOf(chosen)}.");
            if (arguments.GetValue(detach))
                return;
            try
            {
                await new RebuildWatch(access, sink, chosen, started, arguments.GetValue(json)).RunAsync(cancellationToken);
                Say(arguments.GetValue(json), new { sink.Sink, Generation = chosen, Action = "caught-up" },
                    $"Generation {chosen} has come to the end, and keeps up. Next: streamctl sinks verify {sink.Sink} --right {chosen}.");
            }
            catch (OperationCanceledException)
            {
                Console.WriteLine($"Detached: hosts go on building generation {chosen}. Run this again to watch, with --cancel to stop it.");
                throw;
            }
        });
    }

    /// <summary>Newer than what readers see, and not dropped: it runs, or was cancelled.</summary>
    private static int? Unfinished(SinkGenerations set) =>
        set.Held.Where(number => number > set.Current).Select(number => (int?)number).LastOrDefault();

    private static async Task CancelAsync(SinkAccess access, SinkChoice sink, int number, SinkAsking asking, ParseResult arguments, CancellationToken cancellationToken)
    {
        var set = sink.Generations;
        if (number == set.Current)
            throw new Failure($"Generation {number} is what readers see. streamctl sinks pause has it stand still.");
        if (!set.Running.Contains(number))
            throw new Failure(number == 0 ? "No generation is being built." : $"Generation {number} does not run by command{(sink.IsWrittenElsewhere(number) ? ": hosts were configured for it" : "")}.");
        await access.DeclareAsync(sink, Signed(set.Stopped(number), asking, arguments), cancellationToken);
        Console.WriteLine($"Generation {number} of {sink.Sink} is built no further. It stays as it is: rebuild goes on with it, drop --generation {number} removes it.");
    }

    private static SinkGenerations Signed(SinkGenerations set, SinkAsking asking, ParseResult arguments) =>
        set with { By = asking.By(arguments), At = TimeProvider.System.GetUtcNow(), Reason = asking.Reason(arguments) };

    private static void Say(bool isJson, object what, string words) => Console.WriteLine(isJson ? JsonSerializer.Serialize(what, JsonSerializerOptions.Web) : words);
}
