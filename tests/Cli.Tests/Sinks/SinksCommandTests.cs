using System.Text.Json;
using Streaming.Contracts.Topics;
using Streaming.Fixtures;
using Streaming.Sinks.Events;

namespace Streaming.Cli.Tests.Sinks;

/// <summary><c>streamctl status</c>, <c>sinks</c> and <c>dlq</c>, the real program, against a running sink.</summary>
public sealed class SinksCommandTests(SinkStack stack) : IClassFixture<SinkStack>
{
    private readonly Running.Stack _stack = stack.Stack;

    private string Topic => _stack.Prefix + "inventory.events";

    [Fact]
    public async Task A_sink_that_nobody_registered_is_in_the_status()
    {
        await RegisterAsync("STATUS-1");
        var table = await _stack.AwaitAsync("6 running", "status");
        table.Output.ShouldMatch($@"memory-sink *│ *{Topic} *│ *6 running *│ *live *│ *0 *│ *0 s *│");

        var json = await _stack.Streamctl.RunAsync("status", "--sink", "memory-sink", "--json");
        var partitions = JsonDocument.Parse(json.Output).RootElement.EnumerateArray().ToList();
        partitions.Select(partition => partition.GetProperty("partition").GetInt32()).ShouldBe(Enumerable.Range(0, 6));
        partitions.ShouldAllBe(partition => partition.GetProperty("state").GetString() == "running");

        var unknown = await _stack.Streamctl.RunAsync("status", "--sink", "nothing");
        unknown.ExitCode.ShouldBe(1);
        unknown.Error.Trim().ShouldBe("'nothing' is no sink: give one of memory-sink.");
    }

    [Fact]
    public async Task A_reset_shows_what_it_will_do_and_everything_is_derived_again_as_a_replay()
    {
        await RegisterAsync("RESET-1");
        await WrittenAsync("RESET-1", 1);
        var partition = $"{Murmur2.Partition("RESET-1", TopicCatalogue.PartitionCount)}";

        var dry = await _stack.Streamctl.RunAsync("sinks", "reset", "memory-sink", "--to", "earliest", "--partition", partition, "--dry-run");
        dry.ExitCode.ShouldBe(0, dry.ToString());
        dry.Output.ShouldMatch($@"{Topic}-{partition} *│ *\d+ *│ *0 *│ *derives up to \d+ events again");
        stack.Sink.Written.Count(written => written.AggregateId == "RESET-1").ShouldBe(1);

        var reset = await _stack.Streamctl.RunAsync("sinks", "reset", "memory-sink", "--to", "earliest", "--partition", partition, "--reason", "a test");
        reset.ExitCode.ShouldBe(0, reset.ToString());
        reset.Output.ShouldContain($"{Topic}-{partition}: Everything from @0 on is derived again");
        await WrittenAsync("RESET-1", 2);
        stack.Sink.Written.Last(written => written.AggregateId == "RESET-1").Mode.ShouldBe(SinkMode.Replay);
    }

    [Fact]
    public async Task A_reset_by_key_or_of_a_range_shows_which_partition_and_a_sink_that_keeps_nothing_of_single_aggregates_refuses()
    {
        await RegisterAsync("KEY-1");
        await WrittenAsync("KEY-1", 1);
        var partition = Murmur2.Partition("KEY-1", TopicCatalogue.PartitionCount);

        var dry = await _stack.Streamctl.RunAsync("sinks", "reset", "memory-sink", "--key", "KEY-1", "--dry-run");
        dry.Output.Trim().ShouldBe($"{Topic}-{partition}: KEY-1 is derived again, whole.", dry.ToString());
        dry = await _stack.Streamctl.RunAsync("sinks", "reset", "memory-sink", "--to", "earliest", "--until", "1", "--partition", $"{partition}", "--dry-run");
        dry.Output.Trim().ShouldBe($"{Topic}-{partition}: aggregates with events from @0 up to @1 are derived again, whole.", dry.ToString());
        var both = await _stack.Streamctl.RunAsync("sinks", "reset", "memory-sink", "--key", "KEY-1", "--to", "earliest");
        both.Error.Trim().ShouldBe("An aggregate is derived whole: --key goes without --to and --until.", both.ToString());

        var refused = await _stack.Streamctl.RunAsync("sinks", "reset", "memory-sink", "--key", "KEY-1");
        refused.ExitCode.ShouldBe(1, refused.ToString());
        refused.Output.ShouldContain("REFUSED. memory-sink cannot derive single aggregates again");
        stack.Sink.Written.Count(written => written.AggregateId == "KEY-1").ShouldBe(1);
    }

    [Fact]
    public async Task A_reset_that_would_leave_events_out_has_to_be_meant()
    {
        await _stack.Streamctl.RunAsync("sinks", "pause", "memory-sink", "--reason", "a test");
        await _stack.AwaitAsync("6 paused", "status");
        await RegisterAsync("FORWARD-1");
        var partition = $"{Murmur2.Partition("FORWARD-1", TopicCatalogue.PartitionCount)}";

        var refused = await _stack.Streamctl.RunAsync("sinks", "reset", "memory-sink", "--to", "latest", "--partition", partition);
        refused.ExitCode.ShouldBe(1, refused.ToString());
        refused.Error.ShouldContain("offsets that the sink has not handled. Add --yes if that is meant.");

        var resumed = await _stack.Streamctl.RunAsync("sinks", "resume", "memory-sink");
        resumed.ExitCode.ShouldBe(0, resumed.ToString());
        await WrittenAsync("FORWARD-1", 1);
    }

    [Fact]
    public async Task A_dead_letter_is_listed_shown_and_handled_after_all()
    {
        stack.Sink.Refused["BAD-1"] = true;
        await RegisterAsync("BAD-1");
        await _stack.AskAsync("/inventory/BAD-1/receive", new { quantity = 10 });
        await _stack.AwaitAsync("BAD-1@2", "dlq", "list", "memory-sink");
        var list = await _stack.Streamctl.RunAsync("dlq", "list", "memory-sink", "--json");
        var letters = JsonDocument.Parse(list.Output).RootElement.EnumerateArray().Where(letter => letter.GetProperty("queue").GetString() == "BAD-1").ToList();
        var first = letters[0].GetProperty("position").GetString()!;
        letters.Select(letter => letter.GetProperty("reason").GetString()).ShouldBe(["BAD-1 is not wanted here", $"waits behind {first}"]);

        var shown = await _stack.Streamctl.RunAsync("dlq", "show", "memory-sink", first);
        foreach (var told in new[] { first, "BAD-1@1", "BAD-1 is not wanted here", "ce_type", "streaming.inventory." })
            shown.Output.ShouldContain(told);

        var still = await _stack.Streamctl.RunAsync("dlq", "redrive", "memory-sink", first);
        still.ExitCode.ShouldBe(1, still.ToString());
        still.Output.ShouldContain($"REFUSED. 0 handled. {first}: BAD-1 is not wanted here");

        stack.Sink.Refused.TryRemove("BAD-1", out _);
        var handled = await _stack.Streamctl.RunAsync("dlq", "redrive", "memory-sink", "--because", "BAD-1 is not wanted", "--by", "ops", "--reason", "wanted now");
        handled.ExitCode.ShouldBe(0, handled.ToString());
        handled.Output.ShouldContain("2 handled.");
        stack.Sink.Written.Where(written => written.AggregateId == "BAD-1").Select(written => written.Sequence).ShouldBe([1, 2]);
        var all = await _stack.Streamctl.RunAsync("dlq", "list", "memory-sink", "--all");
        all.Output.ShouldMatch(@"BAD-1@1 *│ *Redriven by ops.*wanted now");
    }

    [Fact]
    public async Task A_dead_letter_is_discarded_on_record()
    {
        stack.Sink.Refused["BAD-2"] = true;
        await RegisterAsync("BAD-2");
        await _stack.AwaitAsync("BAD-2@1", "dlq", "list", "memory-sink");

        var nothing = await _stack.Streamctl.RunAsync("dlq", "discard", "memory-sink");
        nothing.Error.Trim().ShouldBe("No dead letter is meant: give positions, --because or --all.");
        var discarded = await _stack.Streamctl.RunAsync("dlq", "discard", "memory-sink", "--because", "BAD-2", "--by", "ops", "--reason", "a test");
        discarded.ExitCode.ShouldBe(0, discarded.ToString());

        (await _stack.Streamctl.RunAsync("dlq", "list", "memory-sink")).Output.ShouldNotContain("BAD-2");
        (await _stack.Streamctl.RunAsync("dlq", "list", "memory-sink", "--all")).Output.ShouldMatch(@"BAD-2@1 *│ *Discarded by ops.*a test");
        var again = await _stack.Streamctl.RunAsync("dlq", "show", "memory-sink", "inventory.events-0@999");
        again.ExitCode.ShouldBe(1);
        again.Error.ShouldContain("There is no dead letter inventory.events-0@999");
    }

    [Fact]
    public async Task What_is_asked_of_a_sink_without_a_host_is_done_when_one_comes()
    {
        await RegisterAsync("LATER-1");
        await WrittenAsync("LATER-1", 1);
        var partition = $"{Murmur2.Partition("LATER-1", TopicCatalogue.PartitionCount)}";
        await stack.StopAsync();

        var asked = await _stack.Streamctl.RunAsync("sinks", "reset", "memory-sink", "--to", "earliest", "--partition", partition, "--wait", "1");
        asked.ExitCode.ShouldBe(1, asked.ToString());
        asked.Error.ShouldContain($"No answer from {Topic}-{partition} yet: no host has them, or they are busy. The request stands");

        await stack.StartAsync();
        await WrittenAsync("LATER-1", 2);
    }

    private Task RegisterAsync(string sku) => _stack.AskAsync($"/inventory/{sku}/register", new { name = "Lamp" });

    private Task WrittenAsync(string sku, int times) => Eventually.Async(
        () => stack.Sink.Written.Count(written => written.AggregateId == sku && written.Sequence == 1) == times, Running.Stack.Patience, $"{sku} is written {times} times");
}
