using Streaming.Contracts;
using Streaming.Contracts.Fulfilment;
using Streaming.Domain.Fulfilment;

namespace Streaming.Domain.Tests.Fulfilment;

/// <summary>Fulfilment of one order, told one thing after another; and what came of the last of them.</summary>
internal sealed class Story
{
    public static readonly OrderId Order = new("ORD-1");
    public static readonly CustomerId Customer = new("customer-1");
    public static readonly AccountId Account = new("12345");
    public static readonly Currency Euro = new("EUR");
    public static readonly DateTimeOffset Start = new(2022, 3, 15, 0, 0, 0, TimeSpan.Zero);
    public static readonly FulfilmentLine[] Ordered = [new(new("XYZ-1"), 2), new(new("XYZ-2"), 1)];

    private static readonly Decider<FulfilmentCommand, FulfilmentEvent, FulfilmentState> _decider = FulfilmentDecider.With(FulfilmentTimeouts.Default);

    public FulfilmentState State { get; private set; } = FulfilmentState.Unknown;

    public DateTimeOffset Now { get; private set; } = Start;

    public IReadOnlyList<FulfilmentEvent> Events { get; private set; } = [];

    public List<Request> Requests { get; } = [];

    public Refusal? Refusal { get; private set; }

    public static Story Placed() => new Story().Hears(new StartFulfilment(Order, Customer, Account, Euro, Ordered, 12.50m, 1, null));

    public static Story Reserved() => Placed().Done("1/reserve/XYZ-1", "1/reserve/XYZ-2");

    public static Story Held() => Reserved().Done("1/hold");

    public static Story Approved() => Held().Judged(RiskVerdict.approved);

    public static Story Accepted() => Approved().Done("1/accept");

    public static Story Captured() => Accepted().Done("1/capture");

    public Story Done(params string[] requests) => requests.Aggregate(this, (story, request) => story.Hears(new RecordAnswer(Order, request, true, null, null, null)));

    public Story Refused(string request, string code) => Hears(new RecordAnswer(Order, request, false, code, "Because.", null));

    public Story Judged(RiskVerdict verdict, string check = "ORD-1@1") => Hears(new RecordRiskVerdict(Order, check, verdict, null, null));

    public Story Changed(int revision, params FulfilmentLine[] lines) => Hears(new ChangeFulfilment(Order, lines.Length > 0 ? lines : Ordered, 99, revision, null));

    public Story Cancelled(CancelledBy by) => Hears(new CancelFulfilment(Order, by, null, null));

    public Story Resumed() => Hears(new ResumeFulfilment(Order, null, null));

    /// <summary>The timer of the current deadline goes off.</summary>
    public Story TimesOut() => Hears(new TimerDue(Order, State.Deadline.ShouldNotBeNull(), null));

    public Story Hears(FulfilmentCommand command)
    {
        Now += TimeSpan.FromSeconds(1);
        var decision = _decider.Decide(command with { OccurredAt = Now }, State);
        (Events, Refusal) = (decision.Events, decision.Refusal);
        Requests.Clear();
        foreach (var happened in Events)
        {
            State = _decider.Evolve(State, happened);
            Requests.AddRange(FulfilmentProcess.Instance.Requests(happened, State));
        }
        return this;
    }

    public Story Asks(params string[] names)
    {
        Requests.Select(request => request.Name).ShouldBe(names);
        return this;
    }

    public Story Tells<TEvent>(Func<TEvent, bool> saying)
        where TEvent : FulfilmentEvent
    {
        saying(Events.OfType<TEvent>().ShouldHaveSingleItem()).ShouldBeTrue(Events.OfType<TEvent>().Single().ToString());
        return this;
    }

    public Story ChangesNothing()
    {
        Events.ShouldBeEmpty();
        Refusal.ShouldBeNull();
        return this;
    }

    public void IsRefused(string code, string saying)
    {
        Events.ShouldBeEmpty();
        Refusal.ShouldNotBeNull().Code.ShouldBe(code);
        Refusal.Reason.ShouldContain(saying);
    }

    public Story Is(FulfilmentPhase phase)
    {
        State.Phase.ShouldBe(phase);
        return this;
    }
}
