using Streaming.Cli.Tests.Running;
using Streaming.Contracts.Topics;

namespace Streaming.Cli.Tests.Fulfilment;

/// <summary><c>streamctl fulfilment</c>, the real program, against a real host: an order that waits for a risk service that is away, and one that accounts do
/// not answer.</summary>
public sealed class FulfilmentCommandTests(Stack stack) : IClassFixture<Stack>
{
    [Fact]
    public async Task An_order_on_its_way_is_listed_told_and_cancelled()
    {
        await PlaceAsync("ORD-1", "ABC-1", "10001");
        var open = await stack.AwaitAsync("checking-risk", "fulfilment", "open");
        open.Output.ShouldMatch("ORD-1 *│ *checking-risk *│ *1 *│");

        var resumed = await stack.Streamctl.RunAsync("fulfilment", "resume", "ORD-1", "--reason", "look again");
        resumed.ExitCode.ShouldBe(1, resumed.ToString());
        resumed.Error.ShouldContain("resume ORD-1: 409");

        var cancelled = await stack.Streamctl.RunAsync("fulfilment", "cancel", "ORD-1", "--reason", "the customer called");
        cancelled.ExitCode.ShouldBe(0, cancelled.ToString());
        cancelled.Output.ShouldContain("cancel ORD-1: accepted, version");

        var story = await stack.AwaitAsync("FulfilmentRolledBack", "fulfilment", "show", "ORD-1");
        foreach (var told in new[] { "FulfilmentStarted", "40.00 EUR ordered", "LineReserved", "RiskCheckRequested", "RollbackStarted", "cancelled-by-operator: the customer called", "release/ABC-1" })
            story.Output.ShouldContain(told);
        (await stack.Streamctl.RunAsync("fulfilment", "open")).Output.ShouldNotContain("ORD-1");
        var closed = await stack.Streamctl.RunAsync("fulfilment", "cancel", "ORD-1");
        closed.ExitCode.ShouldBe(1, closed.ToString());
        closed.Error.ShouldContain("cancel ORD-1: 409");
    }

    [Fact]
    public async Task A_stuck_order_is_named_with_what_it_waits_for_and_goes_on_when_it_is_resumed()
    {
        await AccountAsync("10002");
        using (new Topic(stack, "accounts.commands").Hold(Murmur2.Partition("10002", TopicCatalogue.PartitionCount)))
        {
            await OrderAsync("ORD-2", "ABC-2", "10002");
            var stuck = await stack.AwaitAsync("ORD-2", "fulfilment", "stuck");
            stuck.Output.ShouldMatch("ORD-2 *│ *rolling-back *│ *1 *│.*│ *an operator *│ *release-hold *│ *timeout: release-hold was not answered in time");
            var json = await stack.Streamctl.RunAsync("fulfilment", "stuck", "--json");
            json.Output.ShouldContain("\"outstanding\":[\"release-hold\"]");

            var resumed = await stack.Streamctl.RunAsync("fulfilment", "resume", "ORD-2", "--reason", "accounts are back");
            resumed.ExitCode.ShouldBe(0, resumed.ToString());
            resumed.Output.ShouldContain("streamctl fulfilment show ORD-2 tells what came of it");
        }

        var story = await stack.AwaitAsync("FulfilmentRolledBack", "fulfilment", "show", "ORD-2");
        story.Output.ShouldMatch("FulfilmentStuck *│");
        story.Output.ShouldMatch("FulfilmentResumed *│ *accounts are back");
        (await stack.Streamctl.RunAsync("fulfilment", "stuck")).Output.ShouldNotContain("ORD-2");
    }

    [Fact]
    public async Task An_order_that_waits_goes_on_from_its_snapshot_after_the_host_was_killed()
    {
        await AccountAsync("10003");
        using (new Topic(stack, "accounts.commands").Hold(Murmur2.Partition("10003", TopicCatalogue.PartitionCount)))
        {
            await OrderAsync("ORD-3", "ABC-3", "10003");
            await new Topic(stack, "fulfilment.snapshots").NewestAsync("ORD-3");
            await stack.Host.KillAsync();
            await stack.Host.StartReadyAsync(Stack.Patience);

            // Its deadline has passed meanwhile, or passes now: twice, until somebody has to look.
            await stack.AwaitAsync("ORD-3", "fulfilment", "stuck");
        }

        await stack.AwaitAsync("FulfilmentRolledBack", "fulfilment", "show", "ORD-3");
        var verified = await stack.Streamctl.RunAsync("verify", "snapshots", "--context", "fulfilment");
        verified.ExitCode.ShouldBe(0, verified.ToString());
    }

    [Fact]
    public async Task What_there_is_not_and_who_does_not_answer_is_said_in_one_line()
    {
        var unknown = await stack.Streamctl.RunAsync("fulfilment", "show", "ORD-999");
        unknown.ExitCode.ShouldBe(1, unknown.ToString());
        unknown.Error.ShouldContain("404");
        var nobody = await stack.Streamctl.RunAsync("fulfilment", "open", "--commands", "http://127.0.0.1:1");
        nobody.ExitCode.ShouldBe(1, nobody.ToString());
        nobody.Error.Trim().ShouldBe("Nobody answers at http://127.0.0.1:1/: is the stack running (make up)?");
        var nowhere = await stack.Streamctl.RunAsync("fulfilment", "open", "--commands", "somewhere");
        nowhere.ExitCode.ShouldBe(1, nowhere.ToString());
        nowhere.Error.ShouldContain("is no address: give --commands http://");
    }

    private async Task PlaceAsync(string order, string sku, string account)
    {
        await AccountAsync(account);
        await OrderAsync(order, sku, account);
    }

    private Task AccountAsync(string account) =>
        stack.AskAsync($"/accounts/{account}/open", new { holder = "Damon Allison", currency = "EUR", openingBalance = "100.00" });

    private async Task OrderAsync(string order, string sku, string account)
    {
        await stack.AskAsync($"/inventory/{sku}/register", new { name = "Lamp" });
        await stack.AskAsync($"/inventory/{sku}/receive", new { quantity = 10 });
        await stack.AskAsync($"/orders/{order}/place", new { customerId = "C-17", accountId = account, currency = "EUR", lines = new[] { new { sku, quantity = 4, unitPrice = "10.00" } } });
    }
}
