using Streaming.Contracts.__Context__;
using Streaming.Domain.__Context__;
using static Streaming.Domain.Tests.__Context__.Some;

namespace Streaming.Domain.Tests.__Context__;

public sealed class __Context__DeciderTests
{
    private static Scenario<__Aggregate__Command, __Aggregate__Event, __Aggregate__> Given(params __Aggregate__Event[] events) =>
        new(__Context__Decider.Instance, events);

    [Fact]
    public void Opening_brings_it_into_being_with_nothing_counted() =>
        Given().When(Open()).Then(Opened()).AndState(new("First", 0));

    [Fact]
    public void Opening_twice_is_refused() =>
        Given(Opened()).When(Open("Second")).ThenRefused("already-open", "'First'");

    [Fact]
    public void Whatever_else_is_asked_of_an_unknown_one_is_refused()
    {
        Given().When(Count(1)).ThenRefused("unknown-__kebab__", "open it first");
        Given().When(Close()).ThenRefused("unknown-__kebab__", "open it first");
    }

    [Fact]
    public void Counting_adds_to_the_total() =>
        Given(Opened(), Counted(3, total: 3)).When(Count(2)).Then(Counted(2, total: 5)).AndState(new("First", 5));

    [Fact]
    public void Counting_more_than_can_be_counted_is_refused() =>
        Given(Opened(), Counted(3, total: 3)).When(Count(int.MaxValue)).ThenRefused("too-many", $"at most {int.MaxValue - 3} more");

    [Fact]
    public void Closing_is_final()
    {
        Given(Opened(), Counted(3, total: 3)).When(Close()).Then(Closed(total: 3)).AndState(new("First", 3) { IsClosed = true });
        foreach (var command in new __Aggregate__Command[] { Open(), Count(1), Close() })
            Given(Opened(), Closed()).When(command).ThenRefused("closed", "which is final");
    }

    [Fact]
    public void A_command_without_business_time_is_a_bug_of_its_sender() =>
        Should.Throw<ArgumentException>(() => __Context__Decider.Decide(Open() with { OccurredAt = null }, __Aggregate__.Unknown));
}
