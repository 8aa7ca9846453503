using Streaming.Contracts.Fulfilment;
using Streaming.Domain.Fulfilment;
using static Streaming.Domain.Tests.Fulfilment.Story;

namespace Streaming.Domain.Tests.Fulfilment;

/// <summary>A refund that no rule allows any more: who is stuck with it is freed by somebody who answers for it, and by nobody else.</summary>
public sealed class GivenUpRefundTests
{
    [Theory]
    [InlineData("account-closed")]
    [InlineData("erased")]
    [InlineData("capture-too-old")]
    public void A_refund_that_is_refused_for_good_can_be_given_up_and_fulfilment_comes_to_its_end(string code)
    {
        var story = Stuck(code).Hears(GiveUp()).Asks("1/revoke").Is(FulfilmentPhase.Revoking);
        story.Tells<RefundGivenUp>(e => e == new RefundGivenUp(
            Order, 1, Account, 12.50m, Euro, code, "Anna Berg", "Paid out by transfer 2022-117.", Remaining: 0, story.Now));
        story.Done("1/revoke").Is(FulfilmentPhase.RolledBack);
    }

    [Fact]
    public void Who_is_stuck_tells_the_rule() => Stuck("account-closed").State.RefundRefusedBy.ShouldBe("account-closed");

    [Fact]
    public void What_else_is_outstanding_still_waits_for_an_operator_who_resumes()
    {
        var story = Unshipped().Refused("1/release/XYZ-1", "expired").Done("1/release/XYZ-2").Refused("1/refund", "account-closed");
        story.Hears(GiveUp()).Asks().Tells<RefundGivenUp>(e => e.Remaining == 1);
        story.State.IsStuck.ShouldBeTrue();
        story.Resumed().Asks("2/release/XYZ-1").Done("2/release/XYZ-1").Asks("2/revoke");
    }

    [Fact]
    public void Before_it_is_answered_it_cannot_be_given_up()
    {
        Unshipped().Hears(GiveUp()).IsRefused("refund-possible", "an answer is waited for until");
        Unshipped().TimesOut().Hears(GiveUp()).IsRefused("refund-possible", "resume");
    }

    [Fact]
    public void While_asking_again_may_help_it_cannot_be_given_up()
    {
        Stuck("expired").Hears(GiveUp()).IsRefused("refund-possible", "resume");
        Stuck("too-much-money").Hears(GiveUp()).IsRefused("refund-possible", "resume");
        Stuck("account-closed").Resumed().Asks("2/refund").Hears(GiveUp()).IsRefused("refund-possible", "an answer is waited for until");
    }

    [Fact]
    public void One_of_two_requests_that_is_refused_for_good_does_not_say_that_the_other_did_nothing()
    {
        var story = Unshipped().Done("1/release/XYZ-1", "1/release/XYZ-2").TimesOut().Resumed().Refused("2/refund", "account-closed");
        story.Hears(GiveUp()).IsRefused("refund-possible", "an answer is waited for until");
        story.Done("1/refund").Asks("2/revoke");
    }

    [Fact]
    public void Where_there_is_no_refund_to_wait_for_there_is_none_to_give_up()
    {
        Captured().TimesOut().Hears(GiveUp()).IsRefused("no-refund", "resume or cancel");
        Reserved().Refused("1/hold", "insufficient-funds").Refused("1/release/XYZ-1", "expired").Hears(GiveUp()).IsRefused("no-refund", "resume or cancel");
        Stuck("account-closed").Hears(GiveUp()).Hears(GiveUp()).IsRefused("no-refund", "resume or cancel");
        Captured().Done("1/ship/XYZ-1", "1/ship/XYZ-2").Hears(GiveUp()).IsRefused("fulfilment-closed", "take the goods back");
        new Story().Hears(GiveUp()).IsRefused("unknown-fulfilment", "place the order first");
    }

    [Theory]
    [InlineData("", "settled", "invalid-decided-by")]
    [InlineData("Anna Berg", " ", "invalid-reason")]
    public void Somebody_must_answer_for_it_and_say_why(string by, string reason, string code) =>
        Stuck("account-closed").Hears(new GiveUpRefund(Order, by, reason, null)).IsRefused(code, "blank");

    [Fact]
    public void What_is_erased_has_nothing_to_be_undone() =>
        Reserved().Refused("1/hold", "insufficient-funds").Refused("1/release/XYZ-1", "erased").Refused("1/release/XYZ-2", "erased")
            .Asks("1/reject").Refused("1/reject", "erased").Is(FulfilmentPhase.RolledBack);

    // Paid, and turned back, because nothing could be shipped.
    private static Story Unshipped() => Captured().Refused("1/ship/XYZ-1", "insufficient-reservation").Asks("1/refund", "1/release/XYZ-1", "1/release/XYZ-2")
        .Refused("1/ship/XYZ-2", "insufficient-reservation");

    private static Story Stuck(string code) => Unshipped().Done("1/release/XYZ-1", "1/release/XYZ-2").Refused("1/refund", code).Tells<FulfilmentStuck>(e => e.Code == code);

    private static GiveUpRefund GiveUp() => new(Order, "Anna Berg", "Paid out by transfer 2022-117.", null);
}
