using System.Globalization;
using Streaming.LogChecker;

namespace Streaming.EndToEnd.Tests.Audit;

/// <summary>A check is worth what it finds: one planted error per promise.</summary>
public sealed class LogCheckTests
{
    private const string Order = "ORD-1";

    private readonly List<LoggedEvent> _events =
    [
        Event("inventory", "XYZ-1", 1, "ProductRegistered", ("onHand", 0), ("reserved", 0)),
        Event("inventory", "XYZ-1", 2, "StockReceived", ("quantity", 100), ("onHand", 100), ("reserved", 0)),
        Event("inventory", "XYZ-1", 3, "StockReserved", ("orderId", Order), ("quantity", 20), ("onHand", 100), ("reserved", 20)),
        Event("inventory", "XYZ-1", 4, "StockShipped", ("orderId", Order), ("quantity", 20), ("onHand", 80), ("reserved", 0)),
        Event("accounts", "12345", 1, "AccountOpened", ("openingBalance", 500m), ("balance", 500m), ("held", 0m)),
        Event("accounts", "12345", 2, "FundsHeld", ("orderId", Order), ("amount", 60.50m), ("balance", 500m), ("held", 60.50m)),
        Event("accounts", "12345", 3, "FundsCaptured", ("orderId", Order), ("amount", 60.50m), ("balance", 439.50m), ("held", 0m)),
        Event("orders", Order, 1, "OrderPlaced", ("lines", new List<object?> { Line("XYZ-1", 20) }), ("total", 60.50m)),
        Event("orders", Order, 2, "OrderAccepted", ("total", 60.50m)),
    ];

    private readonly List<LoggedResult> _results;
    private readonly List<LoggedErasure> _erasures = [];
    private readonly List<ToldAnswer> _told = [new("inventory", "XYZ-1", "c-XYZ-1-2", IsAccepted: true, 2), new("inventory", "XYZ-1", "c-refused", IsAccepted: false, 0)];

    public LogCheckTests() => _results =
    [
        .. _events.Select(logged => new LoggedResult(logged.Context, logged.Partition, logged.AggregateId, logged.CommandId, logged.Sequence, EventCount: 1, Refusal: null, "00")),
        new("inventory", Place("XYZ-1"), "XYZ-1", "c-refused", 4, EventCount: 0, "insufficient-stock: 80 available", "00"),
    ];

    [Fact]
    public void A_sound_log_has_no_violations() => Violations().ShouldBeEmpty();

    [Fact]
    public void A_result_written_twice_with_the_same_content_is_sound()
    {
        _results.Add(_results[1]);
        Violations().ShouldBeEmpty();
    }

    [Fact]
    public void A_command_told_expired_when_it_came_again_is_sound()
    {
        _results.Add(_results[1] with { EventCount = 0, Refusal = "expired: recorded before" });
        Violations().ShouldBeEmpty();
    }

    [Fact]
    public void An_aggregate_that_was_purged_is_sound()
    {
        _events.RemoveAt(1);
        _erasures.Add(new("inventory", "XYZ-1"));
        Violations(isSettled: false).ShouldNotContain(violation => violation.Contains("follows"));
    }

    [Fact]
    public void A_missing_event_is_found() => Found("sequence 3 follows 1", () => _events.RemoveAt(1));

    [Fact]
    public void An_event_on_another_partition_is_found() =>
        Found("its place is", () => _events[1] = _events[1] with { Partition = (_events[1].Partition + 1) % LogCheck.PartitionCount });

    [Fact]
    public void An_event_id_used_twice_is_found() => Found("stands 2 times", () => _events[2] = _events[2] with { EventId = _events[1].EventId });

    [Fact]
    public void A_command_that_happened_twice_is_found() =>
        Found("the log has 2, 5", () => _events.Add(Event("inventory", "XYZ-1", 5, "StockReceived", ("quantity", 1), ("onHand", 81), ("reserved", 0)) with { CommandId = "c-XYZ-1-2" }));

    [Fact]
    public void A_refused_command_with_an_effect_is_found() =>
        Found("was refused, and happened", () => _results[1] = _results[1] with { EventCount = 0, Refusal = "no: why" });

    [Fact]
    public void An_accepted_command_without_effect_is_found() => Found("was accepted as version 4", () => _events.RemoveAt(3));

    [Fact]
    public void An_event_without_a_result_is_found() => Found("happened, and has no result", () => _results.RemoveAt(2));

    [Fact]
    public void Two_different_results_are_found() => Found("has different results", () => _results.Add(_results[1] with { Version = 9 }));

    [Fact]
    public void A_caller_who_was_told_otherwise_is_found() => Found("the caller was told", () => _told[1] = _told[1] with { IsAccepted = true, Version = 5 });

    [Fact]
    public void A_caller_who_was_told_of_nothing_is_found() => Found("was answered, and has no result", () => _told.Add(new("inventory", "XYZ-1", "c-unheard", true, 5)));

    [Fact]
    public void A_carried_balance_that_the_deltas_do_not_give_is_found() =>
        Found("its deltas add up to", () => _events[1] = Event("inventory", "XYZ-1", 2, "StockReceived", ("quantity", 100), ("onHand", 101), ("reserved", 0)));

    [Fact]
    public void An_overdraft_is_found() =>
        Found("held of", () => _events[5] = Event("accounts", "12345", 2, "FundsHeld", ("orderId", Order), ("amount", 501m), ("balance", 500m), ("held", 501m)));

    [Fact]
    public void An_event_that_the_check_does_not_know_is_found() =>
        Found("does not know", () => _events.Add(Event("accounts", "12345", 4, "InterestPaid", ("balance", 440m), ("held", 0m))));

    [Fact]
    public void An_order_without_an_outcome_is_found() => Found("is still open", () => _events.RemoveAt(8));

    [Fact]
    public void Stock_that_stays_reserved_is_found() => Found("still has 20 units reserved", () => _events.RemoveAt(3));

    [Fact]
    public void Money_that_stays_held_is_found() => Found("still holds 60.50", () => _events.RemoveAt(6));

    [Fact]
    public void A_rejected_order_that_was_paid_is_found() =>
        Found("has paid 60.50, 0 is owed", () => _events[8] = Event("orders", Order, 2, "OrderRejected", ("total", 60.50m)));

    [Fact]
    public void A_rejected_order_that_was_shipped_is_found() =>
        Found("(OrderRejected) was shipped", () => _events[8] = Event("orders", Order, 2, "OrderRejected", ("total", 60.50m)));

    [Fact]
    public void An_accepted_order_that_was_shipped_in_part_is_found() =>
        Found("is accepted, and was shipped", () => _events[7] = Event("orders", Order, 1, "OrderPlaced", ("lines", new List<object?> { Line("XYZ-1", 21) }), ("total", 60.50m)));

    private void Found(string expected, Action plant)
    {
        plant();
        Violations().ShouldContain(violation => violation.Contains(expected));
    }

    private IReadOnlyList<string> Violations(bool isSettled = true) => LogCheck.Violations(new CommittedLog(_events, _results, _erasures), _told, isSettled);

    private static LoggedEvent Event(string context, string aggregateId, long sequence, string name, params (string Name, object? Value)[] fields) => new(
        context, Place(aggregateId), sequence * 2, aggregateId, sequence, string.Create(CultureInfo.InvariantCulture, $"e-{aggregateId}-{sequence}"),
        $"c-{aggregateId}-{sequence}", $"streaming.{context}.{name}", new Fields(fields.ToDictionary(field => field.Name, field => field.Value)));

    private static Fields Line(string sku, int quantity) => new(new Dictionary<string, object?> { ["sku"] = sku, ["quantity"] = quantity });

    private static int Place(string aggregateId) => SequenceCheck.Partition(aggregateId, LogCheck.PartitionCount);
}
