using System.CommandLine;
using System.Text.Json;
using Streaming.Contracts.Control;

namespace Streaming.Cli.Sinks;

/// <summary><c>streamctl sinks verify</c>: proves that a generation holds what another does, or shows where it doesn't.</summary>
internal static class VerifyCommand
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() } };

    public static Command Create()
    {
        var asking = new SinkAsking(waitSeconds: 600);
        var left = new Option<int?>("--left") { Description = "By default the one that readers see." };
        var right = new Option<int?>("--right") { Description = "By default the newest other one." };
        var expected = new Option<bool>("--expect-changes") { Description = "The code has changed on purpose: count and list what differs, and succeed." };
        var examples = new Option<int>("--examples") { Description = "Most differing keys shown of each table, 100 at most.", DefaultValueFactory = _ => 10 };
        var json = new Option<bool>("--json") { Description = "Tell programs: one object." };
        var command = new Command("verify", "Compares two generations by order-independent checksums per partition and table, and names the keys that differ.") { left, right, expected, examples, json };
        return SinkAccess.On(asking.AddTo(command), async (access, arguments, cancellationToken) =>
        {
            var sink = await access.FindGenerationsAsync(asking.Sink(arguments), cancellationToken);
            var asked = new GenerationAsking(
                arguments.GetValue(right) ?? sink.NewestOther(), arguments.GetValue(left) ?? sink.Generations.Current, arguments.GetValue(examples));
            var answer = await asking.AskAsync(access, sink, arguments, SinkRequestKind.Verify, asked, cancellationToken);
            var proof = answer.Proof ?? throw new Failure($"The answer has no comparison: {answer.Message}");
            if (arguments.GetValue(json))
                Console.WriteLine(JsonSerializer.Serialize(new { Id = answer.RequestId, answer.Message, proof.IsEqual, proof.EventsToGo, proof.Comparison }, _json));
            else
                ComparisonPrinter.Print(sink, answer.RequestId, proof);
            if (proof.EventsToGo > 0)
                throw new Failure($"The proof is not whole: generation {asked.Right} had {proof.EventsToGo} offsets to go. Verify again when it has come to the end.");
            if (!proof.IsEqual && !arguments.GetValue(expected))
                throw new Failure($"Generations {asked.Left} and {asked.Right} differ. If the code has changed on purpose: --expect-changes.");
        });
    }
}
