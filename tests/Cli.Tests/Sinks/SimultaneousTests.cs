using System.CommandLine;
using Streaming.Cli.Sinks;
using Streaming.Contracts.Control;
using Streaming.Fixtures;
using Streaming.Hosting.Kafka;
using Streaming.Sinks.Control;

namespace Streaming.Cli.Tests.Sinks;

/// <summary>Several people set the generations of a sink in the same moment: one of them does, the others are told.</summary>
public sealed class SimultaneousTests(SinkStack stack) : IClassFixture<SinkStack>
{
    private const string Sink = "memory-sink";
    private readonly Streamctl _streamctl = stack.Stack.Streamctl;

    [Fact]
    public async Task Who_comes_too_late_is_told_who_was_first_and_changes_nothing()
    {
        using var control = await BeginAsync();
        var isTold = false;
        var command = SinkAccess.On(new Command("late"), async (access, _, cancellationToken) =>
        {
            var seen = await access.FindGenerationsAsync("memory", cancellationToken);
            (await _streamctl.DoneAsync("sinks", "rebuild", "memory", "--detach", "--by", "anna", "--reason", "new columns")).ShouldContain("is built beside");
            var late = await Should.ThrowAsync<Failure>(() => access.DeclareAsync(seen, seen.Generations.Started(40) with { By = "berta" }, cancellationToken));
            late.Message.ShouldStartWith("REFUSED. anna has set the generations of memory-sink in this moment (new columns): readers see ");
            late.Message.ShouldEndWith("ask again if you still mean it.");
            isTold = true;

            // Looked at again, it is another matter.
            var now = await access.FindGenerationsAsync("memory", cancellationToken);
            await access.DeclareAsync(now, now.Generations.Stopped(now.NewestOther()) with { By = "berta" }, cancellationToken);
        });
        (await command.Parse(["--kafka", stack.Stack.BootstrapServers, "--prefix", stack.Stack.Prefix]).InvokeAsync()).ShouldBe(0);

        isTold.ShouldBeTrue();
        var set = (await control.GenerationsAsync(Sink, default))!;
        (set.By, set.Held.Contains(40), set.Newest < 40).ShouldBe(("berta", false, true));
        set.Running.ShouldBe([set.Current]);
    }

    [Fact]
    public async Task Of_many_who_begin_at_once_all_end_with_the_same_new_generation()
    {
        using var control = await BeginAsync();
        var before = (await control.GenerationsAsync(Sink, default))!;

        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(person => _streamctl.RunAsync("sinks", "rebuild", "memory", "--detach", "--by", $"person-{person}")));

        runs.ShouldContain(run => run.ExitCode == 0);
        foreach (var run in runs.Where(run => run.ExitCode != 0))
            run.Error.ShouldContain("has set the generations of memory-sink in this moment");
        var after = (await control.GenerationsAsync(Sink, default))!;
        after.Version.ShouldBe(before.Version + 1);
        after.Running.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_somebody_starts_while_the_host_swaps_is_started_and_the_swap_holds()
    {
        using var control = await BeginAsync();
        (await _streamctl.DoneAsync("sinks", "rebuild", "memory")).ShouldContain("has come to the end");
        (await _streamctl.DoneAsync("sinks", "verify", "memory", "--expect-changes")).ShouldContain("equal");
        var meanwhile = 0;
        stack.Generations.WhenSwapped = async () =>
        {
            stack.Generations.WhenSwapped = null;
            var seen = (await control.GenerationsAsync(Sink, default))!;
            (await control.DeclareAsync(Sink, seen.Started(meanwhile = seen.Newest + 1) with { By = "anna" }, default)).ShouldBeNull();
        };

        (await _streamctl.DoneAsync("sinks", "swap", "memory", "--by", "berta")).ShouldContain("Readers see generation");

        var set = (await control.GenerationsAsync(Sink, default))!;
        (set.By, set.Current).ShouldBe(("berta", stack.Generations.Current));
        set.Running.ShouldContain(meanwhile);
        await Eventually.Async(async () => (await stack.Generations.ListAsync(default)).Contains(meanwhile), Running.Stack.Patience, "what was started meanwhile runs");
    }

    /// <summary>What readers see runs, and nothing else is set to.</summary>
    private async Task<ControlClient> BeginAsync()
    {
        await stack.Stack.AwaitAsync("6 running", "status");
        var control = new ControlClient(new KafkaOptions { BootstrapServers = stack.Stack.BootstrapServers }, stack.Stack.Prefix, TimeProvider.System);
        var set = await control.GenerationsAsync(Sink, default) ?? SinkGenerations.Only(1);
        (await control.DeclareAsync(Sink, set with { Running = [set.Current] }, default)).ShouldBeNull();
        return control;
    }
}
