using System.Globalization;
using System.Text.RegularExpressions;
using Streaming.Fixtures;

namespace Streaming.Cli.Tests.Sinks;

/// <summary>What <c>streamctl sinks rebuild</c> shows while a generation is built, in a terminal and elsewhere, and what Ctrl-C does.</summary>
public sealed partial class RebuildWatchTests(SinkStack stack) : IClassFixture<SinkStack>, IDisposable
{
    private const int Products = 400;
    private readonly Streamctl _streamctl = stack.Stack.Streamctl;
    private readonly SemaphoreSlim _permits = new(0);

    public void Dispose() => _permits.Dispose();

    [Fact]
    public async Task In_a_file_there_is_a_line_now_and_then_and_an_interrupt_leaves_the_building_to_the_hosts()
    {
        await BeginAsync();
        int building;
        await using (var first = _streamctl.Start("sinks", "rebuild", "memory"))
        {
            await AwaitRateAsync(first, Line());
            first.Interrupt();
            (await first.EndAsync()).ShouldBe(130, first.Printed);
            building = NumberIn(first.Printed);
            first.Printed.ShouldContain($"Detached: hosts go on building generation {building}. Run this again to watch, with --cancel to stop it.");
            first.Printed.ShouldNotContain("\e");
        }

        // Hosts go on; who asks again looks on, and nothing begins anew. Offsets are told, and commit markers take some of them.
        _permits.Release(Products);
        (await _streamctl.DoneAsync("sinks", "rebuild", "memory")).ShouldMatch($@"100 %  (\d+) of \1, all there(.|\n)*Generation {building} has come to the end, and keeps up.");
        stack.Generations[building].Written.Select(written => (written.AggregateId, written.Sequence)).ShouldBeUnique();
        stack.Generations[building].Written.Count.ShouldBe(Products);
        (await _streamctl.DoneAsync("sinks", "drop", "memory", "--generation", $"{building}")).ShouldContain($"Generation {building} is gone.");
    }

    [Fact]
    public async Task A_rebuild_that_is_not_wanted_any_more_is_stopped_or_removed_in_the_middle()
    {
        await BeginAsync();
        var building = NumberIn(await _streamctl.DoneAsync("sinks", "rebuild", "memory", "--detach"));
        _permits.Release(5);
        await Eventually.Async(() => stack.Generations[building].Written.Count == 5, Running.Stack.Patience, "it is being built");

        (await _streamctl.DoneAsync("sinks", "rebuild", "memory", "--cancel")).ShouldContain(
            $"Generation {building} of memory-sink is built no further. It stays as it is: rebuild goes on with it, drop --generation {building} removes it.");
        _permits.Release(Products);
        (await _streamctl.RefusedAsync("sinks", "rebuild", "memory", "--cancel")).ShouldContain("No generation is being built.");

        // What runs is stopped by the drop itself.
        NumberIn(await _streamctl.DoneAsync("sinks", "rebuild", "memory", "--detach")).ShouldBe(building);
        (await _streamctl.DoneAsync("sinks", "drop", "memory", "--generation", $"{building}")).ShouldContain($"Generation {building} is gone.");
        (await stack.Generations.ListAsync(default)).ShouldBe([1]);
        (await _streamctl.RefusedAsync("sinks", "rebuild", "memory", "--generation", $"{building}")).ShouldContain("no number is given twice");
        (await _streamctl.DoneAsync("sinks", "generations", "memory")).ShouldNotContain("memory-sink-g");
    }

    [ConformanceFact]
    [NeedsTerminal]
    public async Task In_a_terminal_bars_grow_with_rate_and_time_to_go_and_Ctrl_C_gives_the_terminal_back()
    {
        await BeginAsync();
        int building;
        await using (var terminal = _streamctl.StartInTerminal("sinks", "rebuild", "memory"))
        {
            await AwaitRateAsync(terminal, Bar());
            await terminal.TypeAsync("\u0003");
            (await terminal.EndAsync()).ShouldBe(130, terminal.Printed);
            building = NumberIn(terminal.Printed);
            terminal.Printed.ShouldContain($"Detached: hosts go on building generation {building}.");
            terminal.Printed.LastIndexOf("\e[?25h", StringComparison.Ordinal).ShouldBeGreaterThan(terminal.Printed.LastIndexOf("\e[?25l", StringComparison.Ordinal), "the cursor is there again");
        }

        _permits.Release(Products);
        await using (var again = _streamctl.StartInTerminal("sinks", "rebuild", "memory"))
        {
            (await again.EndAsync()).ShouldBe(0, again.Printed);
            again.Printed.ShouldContain("100%");
            again.Printed.ShouldContain($"Generation {building} has come to the end, and keeps up.");
        }

        await _streamctl.DoneAsync("sinks", "drop", "memory", "--generation", $"{building}");
    }

    /// <summary>Sees to it that there is something to derive, and that the next generation is not derived before it is let go on.</summary>
    private async Task BeginAsync()
    {
        var known = stack.Sink.Rows.Count;
        await Parallel.ForEachAsync(
            Enumerable.Range(known, Products - known), new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (i, _) => await stack.Stack.AskAsync($"/inventory/WATCH-{i}/register", new { name = "Lamp" }));
        await Eventually.Async(() => stack.Sink.Rows.Count == Products, Running.Stack.Patience, "all products are written");
        await stack.Stack.AwaitAsync("6 running", "status");
        stack.Generations.Permits = _permits;
    }

    /// <summary>Lets the generation go on batch by batch until it is shown how fast that is.</summary>
    private async Task AwaitRateAsync(RunningProgram program, Regex rate)
    {
        var released = 0;
        await program.AwaitAsync(printed =>
        {
            if (rate.IsMatch(printed))
                return true;
            // Never more than one ahead: what is given before hosts have begun would be gone in no time.
            if (_permits.CurrentCount == 0 && released++ < Products * 3 / 4)
                _permits.Release();
            return false;
        }, $"it shows {rate}");
    }

    private static int NumberIn(string printed) => int.Parse(Begun().Match(printed).Groups["number"].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Generation (?<number>\d+) of memory-sink is built beside generation 1, which goes on\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Begun();

    [GeneratedRegex(@"\d+ %  \d+ of \d+, \d+ events/s, 00:\d\d:\d\d to go", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Line();

    [GeneratedRegex(@"events/s.*00:\d\d:\d\d to go.*━.*\d+%", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Bar();
}
