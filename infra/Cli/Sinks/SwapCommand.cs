using System.CommandLine;
using System.Text.Json;
using Streaming.Contracts.Control;

namespace Streaming.Cli.Sinks;

/// <summary><c>streamctl sinks swap</c>: readers see another generation, all of it at once.</summary>
internal static class SwapCommand
{
    public static Command Create()
    {
        var asking = new SinkAsking(waitSeconds: 120);
        var to = new Option<int?>("--to") { Description = "Which one; by default the newest other one." };
        var acknowledged = new Option<string?>("--acknowledge") { Description = "Id of the verify whose differences are meant." };
        var json = new Option<bool>("--json") { Description = "Tell programs: one object." };
        var command = new Command("swap", "Shows readers another generation, which verify has proved equal, or whose differences are acknowledged.") { to, acknowledged, json };
        return SinkAccess.On(asking.AddTo(command), async (access, arguments, cancellationToken) =>
        {
            var sink = await access.FindGenerationsAsync(asking.Sink(arguments), cancellationToken);
            var asked = new GenerationAsking(arguments.GetValue(to) ?? sink.NewestOther(), Acknowledged: arguments.GetValue(acknowledged));
            var answer = await asking.AskAsync(access, sink, arguments, SinkRequestKind.Swap, asked, cancellationToken);
            Console.WriteLine(arguments.GetValue(json)
                ? JsonSerializer.Serialize(new { Id = answer.RequestId, sink.Sink, Current = asked.Right, answer.Message }, JsonSerializerOptions.Web)
                : $"{answer.Message} The other one is written on until it is dropped: streamctl sinks drop {sink.Sink} --generation {sink.Generations.Current}");
        });
    }
}
