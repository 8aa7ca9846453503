using System.CommandLine;
using System.Text.Json;
using Streaming.Contracts.Control;

namespace Streaming.Cli.Sinks;

/// <summary><c>streamctl sinks drop</c>: a generation that readers don't see is stopped, and removed with everything in it.</summary>
internal static class DropCommand
{
    public static Command Create()
    {
        var asking = new SinkAsking(waitSeconds: 120);
        var number = new Option<int>("--generation") { Description = "Which one.", Required = true };
        var json = new Option<bool>("--json") { Description = "Tell programs: one object." };
        var command = new Command("drop", "Stops a generation that readers don't see, and removes it with everything in it.") { number, json };
        return SinkAccess.On(asking.AddTo(command), async (access, arguments, cancellationToken) =>
        {
            var sink = await access.FindGenerationsAsync(asking.Sink(arguments), cancellationToken);
            var (set, dropped) = (sink.Generations, arguments.GetRequiredValue(number));
            if (dropped == set.Current)
                throw new Failure($"Generation {dropped} is what readers see. Swap to another one first.");
            if (sink.IsWrittenElsewhere(dropped))
                throw new Failure($"Generation {dropped} is written by hosts that were configured for it: stop those first.");
            if (set.Running.Contains(dropped))
            {
                var stopped = set.Stopped(dropped) with { By = asking.By(arguments), At = TimeProvider.System.GetUtcNow(), Reason = asking.Reason(arguments) };
                await access.DeclareAsync(sink, stopped, cancellationToken);
            }

            var answer = await asking.AskAsync(access, sink, arguments, SinkRequestKind.Drop, new GenerationAsking(dropped), cancellationToken);
            Console.WriteLine(arguments.GetValue(json)
                ? JsonSerializer.Serialize(new { Id = answer.RequestId, sink.Sink, Dropped = dropped, answer.Message }, JsonSerializerOptions.Web)
                : answer.Message);
        });
    }
}
