using System.Text;
using Streaming.Cli.Tests.Running;

namespace Streaming.Cli.Tests.Contexts;

/// <summary><c>streamctl erase</c>, the real program, against a real host.</summary>
public sealed class EraseTests(Stack stack) : IClassFixture<Stack>
{
    [Fact]
    public async Task A_closed_aggregate_is_purged_whole()
    {
        await stack.AskAsync("/inventory/OLD-1/register", new { name = "Lamp" });
        await stack.AskAsync("/inventory/OLD-1/discontinue", new { reason = "out of fashion" });

        var run = await stack.Streamctl.RunAsync("erase", "inventory", "OLD-1", "--reason", "its owner asked", "--command-id", "erase-1");

        run.ExitCode.ShouldBe(0, run.ToString());
        run.Output.ShouldContain("OLD-1 is erased: 2 events.");
        foreach (var key in new[] { "OLD-1@1", "OLD-1@2" })
            (await new Topic(stack, "inventory.events").NewestAsync(key)).Message.Value.ShouldBeNull();
        (await new Topic(stack, "inventory.erasures").NewestAsync("OLD-1")).Message.Value.ShouldNotBeNull();
        // The same request has the same answer, another has to hear that it is done.
        (await stack.Streamctl.RunAsync("erase", "inventory", "OLD-1", "--reason", "its owner asked", "--command-id", "erase-1")).Output.ShouldBe(run.Output);
        var again = await stack.Streamctl.RunAsync("erase", "inventory", "OLD-1", "--reason", "once more");
        again.ExitCode.ShouldBe(1, again.ToString());
        again.Error.ShouldContain("Refused, erased:");
        (await stack.Streamctl.RunAsync("verify", "snapshots", "--context", "inventory")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task An_open_aggregate_is_refused_with_the_reason_and_stays_as_it_is()
    {
        await stack.AskAsync("/inventory/NEW-1/register", new { name = "Lamp" });

        var open = await stack.Streamctl.RunAsync("erase", "inventory", "NEW-1", "--reason", "by mistake");
        var unknown = await stack.Streamctl.RunAsync("erase", "inventory", "NEVER-1", "--reason", "by mistake");
        var blank = await stack.Streamctl.RunAsync("erase", "inventory", "NEW-1", "--reason", " ");

        open.ExitCode.ShouldBe(1, open.ToString());
        open.Error.ShouldContain("Refused, not-closed: NEW-1");
        unknown.ExitCode.ShouldBe(1, unknown.ToString());
        unknown.Error.ShouldContain("Refused, not-closed: Nothing has happened to NEVER-1");
        blank.ExitCode.ShouldBe(1, blank.ToString());
        new Topic(stack, "inventory.events").Read().ShouldAllBe(record => record.Message.Value != null || !Encoding.UTF8.GetString(record.Message.Key).StartsWith("NEW-1"));
    }

    [Fact]
    public async Task Without_an_answer_it_says_how_to_ask_again()
    {
        using var held = new Topic(stack, "accounts.commands").Hold(Streaming.Contracts.Topics.Murmur2.Partition("12345", 6));

        var run = await stack.Streamctl.RunAsync("erase", "accounts", "12345", "--reason", "asked", "--wait", "1", "--command-id", "erase-2");

        run.ExitCode.ShouldBe(1, run.ToString());
        run.Error.ShouldContain("Ask again with --command-id erase-2");
    }
}
