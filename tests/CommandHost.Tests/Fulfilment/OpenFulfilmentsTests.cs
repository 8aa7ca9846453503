using Streaming.CommandHost.Fulfilment;
using Streaming.Contracts.Fulfilment;
using Streaming.Domain.Fulfilment;

namespace Streaming.CommandHost.Tests.Fulfilment;

/// <summary>The list of what is on its way, folded from events that the real rules decide.</summary>
public sealed class OpenFulfilmentsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly OpenFulfilments _open = new();
    private readonly Dictionary<string, (FulfilmentState State, long Version)> _known = [];
    private int _seconds;

    [Fact]
    public void A_fulfilment_is_open_from_its_start_until_it_is_closed()
    {
        Starts("ORD-1");
        var started = Listed().ShouldHaveSingleItem();
        (started.OrderId, started.State.Phase, started.Version, started.Stuck).ShouldBe(("ORD-1", FulfilmentPhase.Reserving, 1, null));
        started.StartedAt.ShouldBe(started.ChangedAt);

        Answered("ORD-1", "1/reserve/A", "insufficient-stock");
        var rejecting = Listed().ShouldHaveSingleItem();
        (rejecting.State.Phase, rejecting.Version).ShouldBe((FulfilmentPhase.Rejecting, 3));
        rejecting.ChangedAt.ShouldBeGreaterThan(rejecting.StartedAt);

        Answered("ORD-1", "1/reject");
        Listed().ShouldBeEmpty();
    }

    [Fact]
    public void Those_that_have_not_changed_for_the_longest_time_come_first()
    {
        Starts("ORD-2");
        Starts("ORD-1");
        Starts("ORD-3");
        Answered("ORD-2", "1/reserve/A");
        Listed().Select(open => open.OrderId).ShouldBe(["ORD-1", "ORD-3", "ORD-2"]);
    }

    [Fact]
    public void Who_is_stuck_is_told_with_the_reason_until_it_goes_on()
    {
        Starts("ORD-1");
        Starts("ORD-2");
        Answered("ORD-1", "1/reserve/A");
        Answered("ORD-1", "1/hold", "insufficient-funds");
        Answered("ORD-1", "1/release/A", "expired");
        var stuck = _open.List(onlyStuck: true).ShouldHaveSingleItem();
        stuck.OrderId.ShouldBe("ORD-1");
        stuck.Stuck.ShouldNotBeNull().Code.ShouldBe("expired");
        Listed().Count.ShouldBe(2);

        Decides(new ResumeFulfilment(new("ORD-1"), "inventory is back", null));
        _open.List(onlyStuck: true).ShouldBeEmpty();
        Listed().Single(open => open.OrderId == "ORD-1").Stuck.ShouldBeNull();
    }

    [Fact]
    public void An_event_that_comes_again_changes_nothing()
    {
        var started = Starts("ORD-1");
        Answered("ORD-1", "1/reserve/A");
        var before = Listed();
        _open.Add(started[0], sequence: 1);
        Listed().ShouldBe(before);
    }

    [Fact]
    public void Of_one_whose_beginning_is_not_here_nothing_is_told()
    {
        var later = Decide(new StartFulfilment(new("ORD-1"), new("C-1"), new("12345"), new("EUR"), [new(new("A"), 2)], 20m, 1, null), FulfilmentState.Unknown);
        _open.Add(later[0], sequence: 7);
        Listed().ShouldBeEmpty();
    }

    [Fact]
    public void What_is_erased_is_not_open()
    {
        Starts("ORD-1");
        Starts("ORD-2");
        _open.Erase("ORD-1");
        _open.Erase("ORD-9");
        Listed().Select(open => open.OrderId).ShouldBe(["ORD-2"]);
    }

    private IReadOnlyList<OpenFulfilment> Listed() => _open.List(onlyStuck: false);

    private IReadOnlyList<FulfilmentEvent> Starts(string order) =>
        Decides(new StartFulfilment(new(order), new("C-1"), new("12345"), new("EUR"), [new(new("A"), 2)], 20m, 1, null));

    private void Answered(string order, string request, string? refusedWith = null) =>
        Decides(new RecordAnswer(new(order), request, IsAccepted: refusedWith is null, refusedWith, "Because.", null));

    private IReadOnlyList<FulfilmentEvent> Decides(FulfilmentCommand command)
    {
        var id = command.OrderId.Value;
        var (state, version) = _known.GetValueOrDefault(id, (FulfilmentState.Unknown, 0));
        var happened = Decide(command, state);
        foreach (var one in happened)
        {
            state = FulfilmentDecider.With(FulfilmentTimeouts.Default).Evolve(state, one);
            _open.Add(one, ++version);
        }

        _known[id] = (state, version);
        return happened;
    }

    private IReadOnlyList<FulfilmentEvent> Decide(FulfilmentCommand command, FulfilmentState state)
    {
        var decision = FulfilmentDecider.With(FulfilmentTimeouts.Default).Decide(command with { OccurredAt = Start.AddSeconds(++_seconds) }, state);
        decision.Refusal.ShouldBeNull();
        return decision.Events;
    }
}
