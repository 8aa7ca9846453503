using Streaming.Commands.Tests.Restocking;
using Streaming.Commands.Tests.Running;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;
using static Streaming.Commands.Tests.Running.Some;

namespace Streaming.Commands.Tests;

/// <summary>What makes an aggregate a process manager: it asks others, and is told when its deadline has passed.</summary>
public sealed class ProcessTests(KafkaFixture kafka) : IDisposable
{
    private static readonly long Patience = (long)TimeSpan.FromMinutes(20).TotalMilliseconds;

    private readonly Installation _installation = new(kafka);

    [Fact]
    public async Task What_an_event_asks_for_is_sent_to_the_other_context_with_it()
    {
        await using var processor = _installation.StartRestocking();
        await _installation.SendAsync("c-1", new Restock("R-1", "A", 5, Patience, null));

        var request = (await _installation.ReadAsync<InventoryCommand>(_installation.Topics.Commands, 1)).ShouldHaveSingleItem();

        request.Key.ShouldBe("A");
        request.Record.Partition.Value.ShouldBe(Murmur2.Partition("A", Installation.Partitions));
        request.Value.ShouldBeOfType<ReceiveStock>().ShouldBe(new ReceiveStock(new Sku("A"), 5, "restocked", "R-1", null));
        request.Header(HeaderNames.Id).ShouldBe("restocking/R-1/1/receive");
        request.Header(HeaderNames.Type).ShouldBe("streaming.inventory.ReceiveStock");
        request.Header(HeaderNames.Source).ShouldBe("/streaming/command-host");
        request.Header(HeaderNames.Subject).ShouldBe("A");
        request.Header(HeaderNames.ReplyTo).ShouldBe("restocking/R-1");
        request.Header(HeaderNames.CorrelationId).ShouldBe("c-1");
        request.Header(HeaderNames.CausationId).ShouldBe("R-1@1");
        request.Header(HeaderNames.Actor).ShouldBe("somebody");
        request.Header(HeaderNames.Tenant).ShouldBe("shop-1");
    }

    [Fact]
    public async Task A_repeated_command_asks_nobody_again()
    {
        await using var processor = _installation.StartRestocking();
        await _installation.SendAsync("c-1", new Restock("R-1", "A", 5, Patience, null));
        await _installation.SendAsync("c-1", new Restock("R-1", "A", 5, Patience, null));
        await _installation.ReadAsync<CommandResult>(_installation.Restocking.Results, 2);

        (await _installation.ReadAsync<InventoryCommand>(_installation.Topics.Commands)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Every_result_of_a_request_says_who_hears_it()
    {
        await using var processor = _installation.Start();
        var old = TimeProvider.System.GetUtcNow().AddHours(-25);
        await _installation.SendAsync("accepted", Register("A"), replyTo: "restocking/R-1");
        await _installation.SendAsync("accepted", Register("A"), replyTo: "restocking/R-1");
        await _installation.SendAsync("refused", Register("A"), replyTo: "restocking/R-1");
        await _installation.SendAsync("expired", Receive("A"), recordedAt: old, replyTo: "restocking/R-1");
        await _installation.SendAsync("malformed", Receive("A"), expectedVersion: "x", replyTo: "restocking/R-1");
        await _installation.SendAsync("not-asked-for", Receive("A"));

        var results = await _installation.ResultsAsync(6);

        results.Select(result => result.Value is CommandRefused refused ? refused.Code : "")
            .ShouldBe(["", "", "already-registered", "expired", "malformed", ""]);
        results.Take(5).ShouldAllBe(result => result.Header(HeaderNames.ReplyTo) == "restocking/R-1" && result.Header(HeaderNames.Actor) == "somebody");
        results[5].Header(HeaderNames.ReplyTo).ShouldBeNull();
    }

    [Fact]
    public async Task A_deadline_that_passes_is_told_once()
    {
        var clock = new ForwardClock();
        await using var processor = await _installation.StartRestocking(clock).ReadyAsync();
        await _installation.SendAsync("c-1", new Restock("R-1", "A", 5, Patience, null));
        await _installation.SendAsync("c-2", new Restock("R-2", "A", 5, 2 * Patience, null));
        await _installation.ReadAsync<RestockEvent>(_installation.Restocking.Events, 2);

        clock.Advance(TimeSpan.FromMinutes(21));
        var events = await _installation.ReadAsync<RestockEvent>(_installation.Restocking.Events, 3);

        events.Where(happened => happened.Value is RestockGivenUp).Select(happened => happened.Key).ShouldBe(["R-1@2"]);
        await _installation.SendAsync("c-3", new Restock("R-3", "A", 5, 2 * Patience, null));
        await _installation.ReadAsync<CommandResult>(_installation.Restocking.Results, 4);
        var told = (await _installation.ReadAsync<RestockCommand>(_installation.Restocking.Commands)).Single(command => command.Value is GiveUp);
        told.Header(HeaderNames.Id).ShouldBe($"timer/R-1/{((GiveUp)told.Value).Deadline.ToUnixTimeMilliseconds()}");
        told.Header(HeaderNames.Subject).ShouldBe("R-1");
    }

    [Fact]
    public async Task A_deadline_that_passes_while_no_host_runs_is_told_by_the_next()
    {
        await using (var first = await _installation.StartRestocking().ReadyAsync())
        {
            await _installation.SendAsync("c-1", new Restock("R-1", "A", 5, Patience, null));
            await _installation.ReadAsync<RestockEvent>(_installation.Restocking.Events, 1);
        }

        var later = new ForwardClock();
        later.Advance(TimeSpan.FromMinutes(21));
        await using var second = _installation.StartRestocking(later);

        (await _installation.ReadAsync<RestockEvent>(_installation.Restocking.Events, 2))[1].Value.ShouldBeOfType<RestockGivenUp>();
    }

    [Fact]
    public async Task Who_has_its_answer_is_told_of_no_deadline()
    {
        var clock = new ForwardClock();
        await using var processor = await _installation.StartRestocking(clock).ReadyAsync();
        await _installation.SendAsync("c-1", new Restock("R-1", "A", 5, Patience, null));
        await _installation.SendAsync("c-2", new HearAnswer("R-1", "1/receive", null, null));
        await _installation.SendAsync("c-3", new Restock("R-2", "A", 5, Patience, null));
        await _installation.ReadAsync<CommandResult>(_installation.Restocking.Results, 3);

        clock.Advance(TimeSpan.FromMinutes(21));
        await _installation.ReadAsync<RestockEvent>(_installation.Restocking.Events, 4);

        (await _installation.ReadAsync<RestockCommand>(_installation.Restocking.Commands))
            .Where(command => command.Value is GiveUp).ShouldHaveSingleItem().Key.ShouldBe("R-2");
    }

    [Fact]
    public async Task A_timer_that_comes_too_late_changes_nothing()
    {
        await using var processor = _installation.StartRestocking();
        await _installation.SendAsync("c-1", new Restock("R-1", "A", 5, Patience, null));
        await _installation.SendAsync("c-2", new GiveUp("R-1", TimeProvider.System.GetUtcNow().AddDays(-1), null));

        (await _installation.ReadAsync<CommandResult>(_installation.Restocking.Results, 2))[1].Value.ShouldBeOfType<CommandAccepted>().EventCount.ShouldBe(0);
    }

    public void Dispose() => _installation.Dispose();
}
