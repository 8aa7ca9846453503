using Streaming.Domain.Fulfilment;

namespace Streaming.Domain.Tests.Fulfilment.Page;

/// <summary>What holds in every state that fulfilment can get into.</summary>
public sealed class ExploredStatesTests
{
    private static readonly IReadOnlyList<Hearing> _hearings = StateExplorer.Explore();

    [Fact]
    public void Every_phase_can_be_reached() =>
        Enum.GetValues<FulfilmentPhase>().Except(_hearings.Select(hearing => hearing.After.Phase)).ShouldBe([FulfilmentPhase.Unknown]);

    [Fact]
    public void Whoever_is_not_finished_has_a_deadline_or_an_operator_who_knows() =>
        _hearings.Select(hearing => hearing.After).ShouldAllBe(state => (state.Deadline == null) == (state.IsClosed || state.IsStuck));

    [Fact]
    public void From_every_state_there_is_a_way_to_an_end()
    {
        var ending = _hearings.Select(hearing => hearing.After).Where(state => state.IsClosed).ToHashSet();
        int before;
        do
        {
            before = ending.Count;
            foreach (var hearing in _hearings.Where(hearing => ending.Contains(hearing.After)))
                ending.Add(hearing.Before);
        }
        while (ending.Count > before);
        // States of the last attempt that is explored may lack the resume that would free them.
        _hearings.Select(hearing => hearing.Before).Where(state => !ending.Contains(state) && !state.IsStuck).ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_happens_after_the_end() => _hearings.Where(hearing => hearing.Before.IsClosed).ShouldAllBe(hearing => hearing.Steps.Count == 0);

    [Fact]
    public void No_request_is_named_like_another_that_is_not_answered() =>
        _hearings.SelectMany(hearing => hearing.Steps)
            .ShouldAllBe(step => step.Requests.All(request => !step.Before.Open.IsAwaited(request.Name)));

    [Fact]
    public void Every_request_is_awaited_after_the_event_that_makes_it() =>
        _hearings.SelectMany(hearing => hearing.Steps)
            .ShouldAllBe(step => step.Requests.All(request => step.After.Open.IsAwaited(request.Name)));

    [Fact]
    public void Restored_steps_are_the_same() =>
        _hearings.Select(hearing => hearing.After.Open).ShouldAllBe(open => OpenSteps.Restore(open.RequestsByStep).Equals(open));
}
