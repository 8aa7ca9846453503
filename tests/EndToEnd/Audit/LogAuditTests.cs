using Streaming.Contracts.Commands;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;

namespace Streaming.EndToEnd.Tests.Audit;

/// <summary>An audit is worth what it finds: one planted error per promise.</summary>
public sealed class LogAuditTests
{
    private static readonly Sku Widget = new("XYZ-1");
    private static readonly DateTimeOffset Day = new(2022, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly int Place = Murmur2.Partition(Widget.Value, TopicCatalogue.PartitionCount);

    private readonly List<LoggedEvent> _events =
    [
        Event(1, "c-1", new ProductRegistered(Widget, "Widget", null, null, 0, 0, Day)),
        Event(2, "c-2", new StockReceived(Widget, 100, null, null, 100, 0, Day)),
        Event(3, "c-3", new StockSold(Widget, 20, null, null, 80, 0, Day)),
    ];

    private readonly List<LoggedResult> _results = [Accepted("c-1", 1), Accepted("c-2", 2), Accepted("c-3", 3), Refused("c-4")];

    private readonly List<ToldAnswer> _told = [new("XYZ-1", "c-1", true, 1), new("XYZ-1", "c-2", true, 2), new("XYZ-1", "c-3", true, 3), new("XYZ-1", "c-4", false, 0)];

    [Fact]
    public void A_sound_log_has_no_violations() => LogAudit.Violations(_events, _results, _told).ShouldBeEmpty();

    [Fact]
    public void A_result_written_twice_with_the_same_content_is_sound()
    {
        _results.Add(Accepted("c-2", 2));
        LogAudit.Violations(_events, _results, _told).ShouldBeEmpty();
    }

    [Fact]
    public void A_missing_event_is_found()
    {
        _events.RemoveAt(1);
        Found("sequence 3 follows 1");
    }

    [Fact]
    public void A_command_that_happened_twice_is_found()
    {
        _events.Add(Event(4, "c-3", new StockSold(Widget, 20, null, null, 60, 0, Day)));
        Found("c-3 on XYZ-1 happened 2 times");
    }

    [Fact]
    public void A_carried_balance_that_the_deltas_do_not_give_is_found()
    {
        _events[2] = _events[2] with { Event = new StockSold(Widget, 20, null, null, 81, 0, Day) };
        Found("its deltas add up to");
    }

    [Fact]
    public void An_event_on_another_partition_is_found()
    {
        _events[2] = _events[2] with { Partition = (Place + 1) % TopicCatalogue.PartitionCount };
        Found("its place is");
    }

    [Fact]
    public void A_refused_command_with_an_effect_is_found()
    {
        _results[2] = Refused("c-3");
        Found("was refused, and happened");
    }

    [Fact]
    public void An_accepted_command_without_effect_is_found()
    {
        _events.RemoveAt(2);
        Found("was accepted as version 3");
    }

    [Fact]
    public void An_event_without_a_result_is_found()
    {
        _results.RemoveAt(2);
        Found("happened, and has no result");
    }

    [Fact]
    public void Two_different_results_are_found()
    {
        _results.Add(new LoggedResult(Place, 9, new CommandRefused("c-2", "XYZ-1", Hash, 2, "insufficient-stock", "other")));
        Found("has different results");
    }

    [Fact]
    public void A_caller_who_was_told_otherwise_is_found()
    {
        _told[3] = _told[3] with { IsAccepted = true, Version = 4 };
        Found("the caller was told");
    }

    [Fact]
    public void An_event_id_used_twice_is_found()
    {
        _events[2] = _events[2] with { EventId = _events[1].EventId };
        Found("stands 2 times");
    }

    private static ReadOnlyMemory<byte> Hash { get; } = new byte[32];

    private static LoggedEvent Event(long sequence, string commandId, InventoryEvent happened) =>
        new(Place, sequence * 2, Day, Widget.Value, sequence, $"e-{sequence}", commandId, happened);

    private static LoggedResult Accepted(string commandId, long version) =>
        new(Place, version, new CommandAccepted(commandId, Widget.Value, Hash, version, EventCount: 1));

    private static LoggedResult Refused(string commandId) =>
        new(Place, 8, new CommandRefused(commandId, Widget.Value, Hash, 3, "insufficient-stock", "80 available"));

    private void Found(string expected) => LogAudit.Violations(_events, _results, _told).ShouldContain(violation => violation.Contains(expected));
}
