using System.Text.Json;
using Streaming.Fixtures;

namespace Streaming.Cli.Tests.Sinks;

/// <summary><c>streamctl sinks rebuild</c>, <c>verify</c>, <c>swap</c> and <c>drop</c>, the real program, against a running sink.</summary>
public sealed class GenerationsCommandTests(SinkStack stack) : IClassFixture<SinkStack>
{
    private readonly Running.Stack _stack = stack.Stack;

    [Fact]
    public async Task A_sink_is_rebuilt_proved_swapped_and_the_old_generation_dropped()
    {
        for (var i = 1; i <= 5; i++)
            await RegisterAsync($"STORY-{i}");
        await WrittenAsync(1, "STORY-5");
        await _stack.AwaitAsync("6 running", "status");
        (await RefusedAsync("verify", "memory")).ShouldContain("memory-sink has generation 1 only: streamctl sinks rebuild memory-sink builds another.");

        var rebuilt = await DoneAsync("rebuild", "memory", "--reason", "a test");
        rebuilt.ShouldContain("Generation 2 of memory-sink is built beside generation 1, which goes on. Its group is memory-sink-g2.");
        rebuilt.ShouldContain("100 %");
        rebuilt.ShouldContain("Generation 2 has come to the end, and keeps up.");
        await RegisterAsync("STORY-6");
        await WrittenAsync(1, "STORY-6");
        await WrittenAsync(2, "STORY-6");
        (await DoneAsync("generations", "memory")).ShouldMatch(@"1 *│ memory-sink *│ see it *│ 6 running(.|\n)*2 *│ memory-sink-g2 *│ *│ 6 running");
        (await RefusedAsync("swap", "memory")).ShouldContain("Generations 1 and 2 were not compared");

        // One is other than before, one is missing: both are named, in order, and nothing is swapped by mistake.
        stack.Generations[2].Rows["STORY-2@1"] = "Other";
        stack.Generations[2].Rows.TryRemove("STORY-3@1", out _);
        var differing = await _stack.Streamctl.RunAsync("sinks", "verify", "memory");
        differing.ExitCode.ShouldBe(1, differing.ToString());
        differing.Output.ShouldMatch(@"rows *│ STORY-2@1 *│ changed *│ ProductRegistered *│ Other(.|\n)*rows *│ STORY-3@1 *│ missing *│ ProductRegistered *│ none");
        (await RefusedAsync("swap", "memory")).ShouldContain("They differ");
        var proof = JsonDocument.Parse(await DoneAsync("verify", "memory", "--expect-changes", "--json")).RootElement;
        (await RefusedAsync("swap", "memory", "--acknowledge", "another")).ShouldContain("what was acknowledged is another");
        stack.Generations.Current.ShouldBe(1);

        var swapped = await DoneAsync("swap", "memory", "--acknowledge", proof.GetProperty("id").GetString()!, "--by", "ops", "--reason", "a new name");
        swapped.ShouldContain("Readers see generation 2 now, and no longer generation 1.");
        stack.Generations.Current.ShouldBe(2);
        (await DoneAsync("generations", "memory")).ShouldContain("Set by ops at");
        (await DoneAsync("pause", "memory")).ShouldContain("memory-sink-g2 is asked to stand still");
        await DoneAsync("resume", "memory");

        (await RefusedAsync("drop", "memory", "--generation", "2")).ShouldContain("Generation 2 is what readers see.");
        (await DoneAsync("drop", "memory", "--generation", "1")).ShouldContain("Generation 1 is gone.");
        (await stack.Generations.ListAsync(default)).ShouldBe([2]);

        // A host that starts again runs what is left.
        await stack.StopAsync();
        await stack.StartAsync();
        await RegisterAsync("STORY-7");
        await WrittenAsync(2, "STORY-7");
        (await stack.Generations.ListAsync(default)).ShouldBe([2]);

        // One that is cancelled keeps what it has, and goes on from there.
        (await DoneAsync("rebuild", "memory", "--detach")).ShouldContain("Generation 3 of memory-sink is built beside generation 2");
        await WrittenAsync(3, "STORY-7");
        (await DoneAsync("rebuild", "memory", "--cancel")).ShouldContain("Generation 3 of memory-sink is built no further.");
        await Eventually.Async(async () => (await _stack.Streamctl.RunAsync("sinks", "generations", "memory")).Output.Contains("stopped"), Running.Stack.Patience, "generation 3 is stopped");
        await RegisterAsync("STORY-8");
        await WrittenAsync(2, "STORY-8");
        (await DoneAsync("rebuild", "memory")).ShouldContain("Generation 3 has come to the end");
        await WrittenAsync(3, "STORY-8");
        stack.Generations[3].Written.Select(written => (written.AggregateId, written.Sequence)).ShouldBeUnique();
        (await DoneAsync("verify", "memory", "--expect-changes")).ShouldContain("1 added; 1 changed");
    }

    private Task<string> DoneAsync(params string[] arguments) => _stack.Streamctl.DoneAsync(["sinks", .. arguments]);

    private Task<string> RefusedAsync(params string[] arguments) => _stack.Streamctl.RefusedAsync(["sinks", .. arguments]);

    private Task RegisterAsync(string sku) => _stack.AskAsync($"/inventory/{sku}/register", new { name = "Lamp" });

    private Task WrittenAsync(int generation, string sku) => Eventually.Async(
        () => stack.Generations[generation].Rows.ContainsKey($"{sku}@1"), Running.Stack.Patience, $"{sku} is written in generation {generation}");
}
