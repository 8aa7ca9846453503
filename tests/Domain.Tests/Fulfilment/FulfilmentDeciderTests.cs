using Streaming.Contracts.Accounts;
using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Orders;
using Streaming.Domain.Fulfilment;
using static Streaming.Domain.Tests.Fulfilment.Story;

namespace Streaming.Domain.Tests.Fulfilment;

public sealed class FulfilmentDeciderTests
{
    [Fact]
    public void Every_line_is_reserved_at_once() =>
        Placed().Asks("1/reserve/XYZ-1", "1/reserve/XYZ-2")
            .Requests.ShouldContain(new Request(
                "1/reserve/XYZ-1", "inventory", "XYZ-1", new ReserveStock(new("XYZ-1"), Order, 2, "Fulfilment of ORD-1, attempt 1.", null)));

    [Fact]
    public void The_last_line_leads_to_the_hold_of_the_total()
    {
        Placed().Done("1/reserve/XYZ-2").Asks().Tells<LineReserved>(e => e is { Quantity: 1, Remaining: 1 });
        Reserved().Asks("1/hold").Requests[0].ShouldBe(new(
            "1/hold", "accounts", "12345", new HoldFunds(Account, Order, 12.50m, Euro, "Fulfilment of ORD-1, attempt 1.", null)));
    }

    [Fact]
    public void What_is_held_is_checked_by_others() =>
        Held().Asks().Tells<RiskCheckRequested>(e => e is { CheckId: "ORD-1@1", Total: 12.50m } && e.CustomerId == Customer && e.AccountId == Account);

    [Fact]
    public void The_revision_that_was_checked_is_accepted() =>
        Approved().Asks("1/accept").Requests[0].Command.ShouldBe(new AcceptOrder(Order, 1, "Fulfilment of ORD-1, attempt 1.", null));

    [Fact]
    public void Accepted_it_is_captured_and_shipped_and_completed()
    {
        Accepted().Asks("1/capture");
        Captured().Asks("1/ship/XYZ-1", "1/ship/XYZ-2");
        var end = Captured().Done("1/ship/XYZ-2", "1/ship/XYZ-1").Asks().Is(FulfilmentPhase.Completed);
        end.Events.Select(happened => happened.GetType()).ShouldBe([typeof(LineShipped), typeof(FulfilmentCompleted)]);
        end.State.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void A_line_that_cannot_be_reserved_releases_the_others_and_rejects_the_order()
    {
        var story = Placed().Done("1/reserve/XYZ-1").Refused("1/reserve/XYZ-2", "insufficient-stock").Asks("1/release/XYZ-1");
        story.Requests[0].Command.ShouldBe(new ReleaseStock(new("XYZ-1"), Order, 2, "Because.", null));
        story.Done("1/release/XYZ-1").Asks("1/reject").Requests[0].Command.ShouldBe(new RejectOrder(Order, "insufficient-stock", "Because.", null));
        story.Done("1/reject").Is(FulfilmentPhase.RolledBack).Tells<FulfilmentRolledBack>(e => e is { Code: "insufficient-stock", Shipped: [] });
    }

    [Fact]
    public void A_reservation_without_an_answer_is_in_doubt_and_released_too() =>
        Placed().Refused("1/reserve/XYZ-1", "insufficient-stock").Asks("1/release/XYZ-2")
            .Done("1/reserve/XYZ-2").ChangesNothing()
            .Done("1/release/XYZ-2").Asks("1/reject");

    [Fact]
    public void Nothing_to_be_released_is_as_good_as_released() =>
        Placed().Refused("1/reserve/XYZ-1", "insufficient-stock").Refused("1/release/XYZ-2", "insufficient-reservation")
            .Tells<StepUndone>(e => !e.HadEffect).Asks("1/reject");

    [Fact]
    public void With_nothing_to_undo_the_order_is_rejected_at_once()
    {
        var story = new Story().Hears(new StartFulfilment(Order, Customer, Account, Euro, [new(new("XYZ-1"), 2)], 12.50m, 1, null));
        story.Refused("1/reserve/XYZ-1", "unknown-sku").Asks("1/reject").Tells<RollbackStarted>(e => e.Undo.Count == 0);
    }

    [Fact]
    public void A_refused_hold_leaves_nothing_to_release_but_the_lines() =>
        Reserved().Refused("1/hold", "insufficient-funds").Asks("1/release/XYZ-1", "1/release/XYZ-2");

    [Theory]
    [InlineData(RiskVerdict.declined, "risk-declined")]
    [InlineData(RiskVerdict.unavailable, "risk-unavailable")]
    public void Without_approval_the_hold_and_the_lines_are_released(RiskVerdict verdict, string code) =>
        Held().Judged(verdict).Asks("1/release-hold", "1/release/XYZ-1", "1/release/XYZ-2")
            .Done("1/release-hold", "1/release/XYZ-1", "1/release/XYZ-2").Asks("1/reject").Tells<OrderRejectionRequested>(e => e.Code == code);

    [Fact]
    public void A_verdict_about_an_earlier_attempt_says_nothing() =>
        Held().Judged(RiskVerdict.approved, "ORD-1@2").ChangesNothing().Is(FulfilmentPhase.CheckingRisk);

    [Fact]
    public void Until_acceptance_a_deadline_that_passes_leads_back_and_names_the_step()
    {
        Placed().Done("1/reserve/XYZ-2").TimesOut().Asks("1/release/XYZ-1", "1/release/XYZ-2")
            .Tells<RollbackStarted>(e => e is { Code: "timeout", Step: "reserve", Reason: "reserve/XYZ-1 was not answered in time." });
        Reserved().TimesOut().Asks("1/release-hold", "1/release/XYZ-1", "1/release/XYZ-2").Tells<RollbackStarted>(e => e.Step == "hold");
        Held().TimesOut().Tells<RollbackStarted>(e => e.Step == "risk");
        Approved().TimesOut().Tells<RollbackStarted>(e => e.Step == "accept");
    }

    [Fact]
    public void An_acceptance_in_doubt_that_was_given_is_taken_back() =>
        Approved().TimesOut().Done("1/release-hold", "1/release/XYZ-1", "1/release/XYZ-2").Asks("1/reject")
            .Refused("1/reject", "order-accepted").Asks("1/revoke")
            .Done("1/revoke").Is(FulfilmentPhase.RolledBack).Tells<FulfilmentRolledBack>(e => e.Code == "timeout");

    [Fact]
    public void A_timer_of_another_deadline_says_nothing()
    {
        var story = Placed();
        var first = story.State.Deadline!.Value;
        story.Done("1/reserve/XYZ-1", "1/reserve/XYZ-2").Hears(new TimerDue(Order, first, null)).ChangesNothing().Is(FulfilmentPhase.Holding);
    }

    [Fact]
    public void Deadlines_are_set_by_the_command_that_leads_to_them()
    {
        Reserved().State.Deadline.ShouldBe(Start.AddSeconds(3 + 30));
        Held().State.Deadline.ShouldBe(Start.AddSeconds(4 + 20));
        var late = new Story().Hears(new StartFulfilment(Order, Customer, Account, Euro, Ordered, 12.50m, 1, null));
        (late.State.Deadline!.Value.Ticks % TimeSpan.TicksPerMillisecond).ShouldBe(0);
    }

    [Fact]
    public void An_order_that_changed_is_undone_and_started_again()
    {
        FulfilmentLine[] newer = [new(new("XYZ-1"), 7)];
        var story = Held().Changed(2, newer).Asks("1/release-hold", "1/release/XYZ-1", "1/release/XYZ-2");
        story.Requests[1].Command.ShouldBe(new ReleaseStock(new("XYZ-1"), Order, 2, "The order is in revision 2 now.", null));
        story.Done("1/release-hold", "1/release/XYZ-1", "1/release/XYZ-2").Asks("2/reserve/XYZ-1").Tells<FulfilmentRestarted>(e => e is { Attempt: 2, Revision: 2, Total: 99 });
        story.Requests[0].Command.ShouldBe(new ReserveStock(new("XYZ-1"), Order, 7, "Fulfilment of ORD-1, attempt 2.", null));
        story.Done("1/reserve/XYZ-1").ChangesNothing();
    }

    [Fact]
    public void Of_two_changes_the_newer_one_is_fulfilled() =>
        Reserved().Changed(2).Changed(3).Tells<FulfilmentChanged>(e => e.Revision == 3).Changed(2).ChangesNothing()
            .Done("1/release-hold", "1/release/XYZ-1", "1/release/XYZ-2").Tells<FulfilmentRestarted>(e => e.Revision == 3);

    [Fact]
    public void A_change_that_orders_know_of_first_is_waited_for()
    {
        Approved().Refused("1/accept", "order-changed").Asks().Is(FulfilmentPhase.AwaitingChange)
            .Changed(2).Asks("1/release-hold", "1/release/XYZ-1", "1/release/XYZ-2");
        Approved().Refused("1/accept", "order-changed").TimesOut().Tells<RollbackStarted>(e => e is { Code: "timeout", Step: "change" });
    }

    [Fact]
    public void A_cancelled_order_is_undone_and_not_rejected()
    {
        Held().Cancelled(CancelledBy.customer).Asks("1/release-hold", "1/release/XYZ-1", "1/release/XYZ-2")
            .Done("1/release-hold", "1/release/XYZ-1", "1/release/XYZ-2").Asks().Is(FulfilmentPhase.RolledBack);
        Approved().Refused("1/accept", "order-cancelled")
            .Done("1/release-hold", "1/release/XYZ-1", "1/release/XYZ-2").Asks().Is(FulfilmentPhase.RolledBack);
    }

    [Fact]
    public void A_customer_who_cancels_while_it_is_undone_spares_the_rejection() =>
        Held().TimesOut().Cancelled(CancelledBy.customer)
            .Done("1/release-hold", "1/release/XYZ-1", "1/release/XYZ-2").Asks().Is(FulfilmentPhase.RolledBack);

    [Fact]
    public void An_operator_who_cancels_before_acceptance_has_the_order_rejected() =>
        Held().Cancelled(CancelledBy.@operator)
            .Done("1/release-hold", "1/release/XYZ-1", "1/release/XYZ-2").Asks("1/reject").Tells<OrderRejectionRequested>(e => e.Code == "cancelled-by-operator");

    [Fact]
    public void A_capture_in_doubt_is_refunded_and_its_hold_released_whichever_is_there() =>
        Accepted().Cancelled(CancelledBy.@operator).Asks("1/refund", "1/release-hold", "1/release/XYZ-1", "1/release/XYZ-2")
            .Done("1/refund").Refused("1/release-hold", "nothing-held").Done("1/release/XYZ-1", "1/release/XYZ-2").Asks("1/revoke");

    [Fact]
    public void A_refused_capture_leaves_the_hold_to_release() =>
        Accepted().Refused("1/capture", "expired").Asks("1/release-hold", "1/release/XYZ-1", "1/release/XYZ-2");

    [Fact]
    public void Shipped_goods_stay_shipped_and_are_named()
    {
        var story = Captured().Done("1/ship/XYZ-1").Refused("1/ship/XYZ-2", "insufficient-reservation").Asks("1/refund", "1/release/XYZ-2");
        story.Tells<RollbackStarted>(e => e.Shipped.SequenceEqual([Ordered[0]]));
        story.Done("1/refund", "1/release/XYZ-2").Asks("1/revoke").Done("1/revoke").Tells<FulfilmentRolledBack>(e => e.Shipped.SequenceEqual([Ordered[0]]));
    }

    [Fact]
    public void A_shipment_in_doubt_is_waited_for_when_everything_else_is_undone() =>
        Captured().Cancelled(CancelledBy.@operator).Asks("1/refund", "1/release/XYZ-1", "1/release/XYZ-2")
            .Done("1/refund").Refused("1/release/XYZ-1", "insufficient-reservation").Done("1/release/XYZ-2").Asks()
            .Refused("1/ship/XYZ-2", "insufficient-reservation").Asks()
            .Done("1/ship/XYZ-1").Asks("1/revoke").Done("1/revoke").Tells<FulfilmentRolledBack>(e => e.Shipped.SequenceEqual([Ordered[0]]));

    [Fact]
    public void After_acceptance_a_deadline_that_passes_calls_an_operator_once()
    {
        var story = Captured().Done("1/ship/XYZ-1").TimesOut().Asks().Tells<FulfilmentStuck>(e => e.Outstanding.SequenceEqual(["ship/XYZ-2"]));
        story.State.Deadline.ShouldBeNull();
        story.Hears(new TimerDue(Order, Start, null)).ChangesNothing();
    }

    [Fact]
    public void An_answer_that_comes_late_frees_who_is_stuck() =>
        Accepted().TimesOut().Done("1/capture").Asks("1/ship/XYZ-1", "1/ship/XYZ-2").State.IsStuck.ShouldBeFalse();

    [Fact]
    public void Resumed_it_asks_again_under_new_names_and_either_answer_counts_once()
    {
        Accepted().TimesOut().Resumed().Asks("2/capture").Done("1/capture").Asks("2/ship/XYZ-1", "2/ship/XYZ-2").Done("2/capture").ChangesNothing();
        Accepted().TimesOut().Resumed().Done("2/capture").Asks("2/ship/XYZ-1", "2/ship/XYZ-2").Done("1/capture").ChangesNothing();
    }

    [Fact]
    public void A_refusal_counts_only_when_no_other_request_may_have_done_it() =>
        Accepted().TimesOut().Resumed().Refused("2/capture", "nothing-held").Asks().Is(FulfilmentPhase.Capturing)
            .Done("1/capture").Asks("2/ship/XYZ-1", "2/ship/XYZ-2");

    [Fact]
    public void What_must_be_undone_is_not_given_up_when_it_is_refused() =>
        Reserved().Refused("1/hold", "insufficient-funds").Refused("1/release/XYZ-1", "expired")
            .Tells<FulfilmentStuck>(e => e is { Code: "expired" })
            .Done("1/release/XYZ-2").Asks()
            .Resumed().Asks("2/release/XYZ-1").Done("2/release/XYZ-1").Asks("2/reject");

    [Fact]
    public void Undoing_does_not_ship_when_it_is_resumed() =>
        Captured().Cancelled(CancelledBy.@operator).TimesOut().Resumed().Asks("2/refund", "2/release/XYZ-1", "2/release/XYZ-2");

    [Fact]
    public void Only_who_is_stuck_is_resumed() => Accepted().Resumed().IsRefused("not-stuck", "waits for answers until");

    [Fact]
    public void A_customer_cannot_cancel_what_is_accepted() =>
        Accepted().Cancelled(CancelledBy.customer).IsRefused("order-accepted", "an operator can");

    [Fact]
    public void What_is_finished_is_not_cancelled() =>
        Captured().Done("1/ship/XYZ-1", "1/ship/XYZ-2").Cancelled(CancelledBy.@operator)
            .IsRefused("fulfilment-closed", "take the goods back");

    [Fact]
    public void Whatever_is_asked_about_an_unknown_order_is_refused()
    {
        new Story().Resumed().IsRefused("unknown-fulfilment", "place the order first");
        new Story().Done("1/hold").IsRefused("unknown-fulfilment", "place the order first");
    }

    [Fact]
    public void Repeats_change_nothing()
    {
        Placed().Hears(new StartFulfilment(Order, Customer, Account, Euro, Ordered, 12.50m, 1, null)).ChangesNothing();
        Placed().Done("1/reserve/XYZ-1", "1/reserve/XYZ-1").ChangesNothing();
        Held().Done("1/hold").ChangesNothing();
        Approved().Judged(RiskVerdict.approved).ChangesNothing();
        Approved().Judged(RiskVerdict.declined).ChangesNothing();
        Placed().Changed(1).ChangesNothing();
    }

    [Fact]
    public void A_command_without_business_time_is_a_mistake_of_its_sender() =>
        Should.Throw<ArgumentException>(() => FulfilmentDecider.With(FulfilmentTimeouts.Default)
            .Decide(new ResumeFulfilment(Order, null, null), FulfilmentState.Unknown));
}
