using Streaming.Contracts;
using Streaming.Contracts.Fulfilment;
using Streaming.Domain.Fulfilment;

namespace Streaming.Domain.Tests.Fulfilment.Page;

/// <summary>Something that fulfilment hears in a state, and what it makes of it.</summary>
/// <param name="Before">The state that hears it.</param>
/// <param name="Heard">What it hears, in words, without products and attempts.</param>
/// <param name="Steps">The events that follow, each with the state before it and after it, and what it asks for.</param>
/// <param name="After">The state then.</param>
internal sealed record Hearing(FulfilmentState Before, string Heard, IReadOnlyList<Transition> Steps, FulfilmentState After);

/// <summary>One event.</summary>
internal sealed record Transition(FulfilmentState Before, FulfilmentEvent Happened, FulfilmentState After, IReadOnlyList<Request> Requests);

/// <summary>Finds every state that fulfilment of an order of two lines can get into, by telling each of them everything it might hear.</summary>
internal static class StateExplorer
{
    private const int AttemptsMax = 2;
    private static readonly OrderId _order = new("ORD-1");
    private static readonly DateTimeOffset _now = new(2022, 3, 15, 0, 0, 0, TimeSpan.Zero);
    private static readonly FulfilmentLine[] _lines = [new(new("XYZ-1"), 1), new(new("XYZ-2"), 2)];
    private static readonly Decider<FulfilmentCommand, FulfilmentEvent, FulfilmentState> _decider = FulfilmentDecider.With(FulfilmentTimeouts.Default);

    public static IReadOnlyList<Hearing> Explore()
    {
        var hearings = new List<Hearing>();
        var seen = new HashSet<FulfilmentState> { FulfilmentState.Unknown };
        var next = new Queue<FulfilmentState>(seen);
        while (next.TryDequeue(out var state))
        {
            foreach (var (heard, command) in Alphabet(state))
            {
                var steps = Follow(state, command);
                var after = steps.Count == 0 ? state : WithoutWords(steps[^1].After);
                hearings.Add(new(state, heard, steps, after));
                if (seen.Add(after))
                    next.Enqueue(after);
            }
        }
        return hearings;
    }

    // Why everything is undone, changes nothing about how.
    private static FulfilmentState WithoutWords(FulfilmentState state) =>
        state.Rollback is { } rollback ? state with { Rollback = rollback with { Code = "", Reason = "" } } : state;

    private static List<Transition> Follow(FulfilmentState state, FulfilmentCommand command)
    {
        var steps = new List<Transition>();
        foreach (var happened in _decider.Decide(command, state).Events)
        {
            var after = _decider.Evolve(state, happened);
            steps.Add(new(state, happened, after, FulfilmentProcess.Instance.Requests(happened, after)));
            state = after;
        }
        return steps;
    }

    private static IEnumerable<(string Heard, FulfilmentCommand Command)> Alphabet(FulfilmentState state)
    {
        if (state.Phase == FulfilmentPhase.Unknown)
        {
            yield return ("the order is placed", new StartFulfilment(_order, new("customer-1"), new("12345"), new("EUR"), _lines, 12.50m, 1, _now));
            yield break;
        }
        foreach (var request in state.Open.RequestsByStep.SelectMany(step => step.Value))
        {
            var kind = FulfilmentSteps.KindOf(FulfilmentSteps.StepOf(request));
            yield return ($"{kind}: done", Answer(request, code: null));
            // In every order of the others, these would only lead to the same states by ten thousand more ways.
            foreach (var code in RefusalsOf(kind).Where(code => code is not ("expired" or "account-closed") || state.Open.Count == 1))
                yield return ($"{kind}: refused, {code}", Answer(request, code));
        }
        foreach (var verdict in state.Phase == FulfilmentPhase.CheckingRisk ? Enum.GetValues<RiskVerdict>() : [])
            yield return ($"risk check: {verdict}", new RecordRiskVerdict(_order, FulfilmentSteps.CheckOf(_order, state.Attempt), verdict, null, _now));
        if (state.Deadline is { } deadline)
            yield return ("the deadline passes", new TimerDue(_order, deadline, _now));
        if (state.Order.Revision < AttemptsMax && state.Newer is null && state.Attempt < AttemptsMax)
            yield return ("the order is changed", new ChangeFulfilment(_order, _lines, 12.50m, state.Order.Revision + 1, _now));
        yield return ("the customer cancels", new CancelFulfilment(_order, CancelledBy.customer, null, _now));
        yield return ("an operator cancels", new CancelFulfilment(_order, CancelledBy.@operator, null, _now));
        if (state.IsStuck && state.Attempt < AttemptsMax)
            yield return ("an operator resumes", new ResumeFulfilment(_order, null, _now));
        if (state.RefundRefusedBy is not null)
            yield return ("an operator gives the refund up", new GiveUpRefund(_order, "Anna Berg", "The account is closed.", _now));
    }

    // One code for each kind of answer that is told apart, and one that says nothing about the aggregate.
    private static string[] RefusalsOf(string kind) => kind switch
    {
        FulfilmentSteps.Reserve => ["insufficient-stock"],
        FulfilmentSteps.Hold => ["insufficient-funds"],
        FulfilmentSteps.Accept => ["order-changed", "order-cancelled", "order-accepted", "expired"],
        FulfilmentSteps.Capture => ["nothing-held"],
        FulfilmentSteps.Ship => ["insufficient-reservation"],
        FulfilmentSteps.Release => ["insufficient-reservation", "expired"],
        FulfilmentSteps.ReleaseHold => ["nothing-held", "expired"],
        FulfilmentSteps.Refund => ["nothing-captured", "expired", "account-closed"],
        FulfilmentSteps.Reject => ["order-cancelled", "order-accepted", "expired"],
        FulfilmentSteps.Revoke => ["order-revoked", "expired"],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "How is it refused? Add it above."),
    };

    private static RecordAnswer Answer(string request, string? code) => new(_order, request, code is null, code, code, _now);
}
