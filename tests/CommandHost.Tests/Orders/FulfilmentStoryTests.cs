using Streaming.CommandHost.Orders;
using Streaming.Contracts;
using Streaming.Contracts.Fulfilment;
using Streaming.Domain.Fulfilment;

namespace Streaming.CommandHost.Tests.Orders;

/// <summary>What is told of a fulfilment, whose events the real rules decide.</summary>
public sealed class FulfilmentStoryTests
{
    private static readonly OrderId Order = new("ORD-1");
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FulfilmentStory _story = new();
    private long _sequence;

    [Fact]
    public void Steps_tell_who_was_asked_and_how_long_it_took()
    {
        Decide(0, new StartFulfilment(Order, new("C-1"), new("12345"), new("EUR"), [new(new("A"), 2)], 49.90m, 1, Start));
        Decide(30, new RecordAnswer(Order, "1/reserve/A", IsAccepted: true, Code: null, Reason: null, Start));
        _story.State.Phase.ShouldBe(FulfilmentPhase.Holding);

        var reserve = _story.Steps[0];
        (reserve.Request, reserve.Context, reserve.AggregateId, reserve.Outcome, reserve.DurationMs).ShouldBe(("1/reserve/A", "inventory", "A", "done", 30d));
        var hold = _story.Steps[1];
        (hold.Request, hold.Context, hold.AggregateId, hold.Outcome, hold.DurationMs).ShouldBe(("1/hold", "accounts", "12345", "waiting", null));
    }

    [Fact]
    public void A_refusal_is_told_with_its_reason_and_what_is_undone_then()
    {
        Decide(0, new StartFulfilment(Order, new("C-1"), new("12345"), new("EUR"), [new(new("A"), 2)], 49.90m, 1, Start));
        Decide(10, new RecordAnswer(Order, "1/reserve/A", IsAccepted: true, Code: null, Reason: null, Start));
        Decide(20, new RecordAnswer(Order, "1/hold", IsAccepted: false, "insufficient-funds", "1.00 available.", Start));
        var hold = _story.Steps.Single(step => step.Request == "1/hold");
        (hold.Outcome, hold.Code, hold.Reason).ShouldBe(("refused", "insufficient-funds", "1.00 available."));
        _story.Steps.Single(step => step.Request == "1/release/A").Outcome.ShouldBe("waiting");
        _story.State.Rollback.ShouldNotBeNull().Code.ShouldBe("insufficient-funds");
    }

    private void Decide(int atMs, FulfilmentCommand command)
    {
        var decision = FulfilmentDecider.With(FulfilmentTimeouts.Default).Decide(command, _story.State);
        decision.Refusal.ShouldBeNull();
        foreach (var happened in decision.Events)
            _story.Add(happened, ++_sequence, Start.AddMilliseconds(atMs));
    }
}
