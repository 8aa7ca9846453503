using Streaming.Contracts.Fulfilment;
using Streaming.Domain.Fulfilment;

namespace Streaming.CommandHost.Orders;

/// <summary>What was done to fulfil an order: who was asked for what, and when, and how it was answered. Made of its events alone.</summary>
internal sealed class FulfilmentStory
{
    private const string RiskCheck = "risk-check";

    private static readonly Func<FulfilmentState, FulfilmentEvent, FulfilmentState> Evolve = FulfilmentDecider.With(FulfilmentTimeouts.Default).Evolve;

    private readonly List<StoryStep> _steps = [];
    private readonly List<StoryEvent> _events = [];

    /// <summary>After the newest event.</summary>
    public FulfilmentState State { get; private set; } = FulfilmentState.Unknown;

    /// <summary>In the order in which they were asked for.</summary>
    public IReadOnlyList<StoryStep> Steps => _steps;

    public IReadOnlyList<StoryEvent> Events => _events;

    /// <summary>The next event.</summary>
    /// <param name="at">When it was recorded.</param>
    public void Add(FulfilmentEvent happened, long sequence, DateTimeOffset at)
    {
        var before = State;
        State = Evolve(before, happened);
        _events.Add(new(sequence, happened.GetType().Name, at.UtcDateTime));
        for (var i = 0; i < _steps.Count; i++)
        {
            if (_steps[i].EndedAt is null && Ended(_steps[i], happened, before) is var (outcome, code, reason))
                _steps[i] = _steps[i] with { Outcome = outcome, Code = code, Reason = reason, EndedAt = at.UtcDateTime };
        }

        foreach (var asked in FulfilmentProcess.Instance.Requests(happened, State))
            _steps.Add(new(asked.Name, asked.Context, asked.AggregateId, at.UtcDateTime));
        if (happened is RiskCheckRequested check)
            _steps.Add(new(check.CheckId, RiskCheck, check.CustomerId.Value, at.UtcDateTime));
    }

    private (string Outcome, string? Code, string? Reason)? Ended(StoryStep step, FulfilmentEvent happened, FulfilmentState before)
    {
        if (step.Context == RiskCheck)
            return EndedCheck(happened);
        if (!before.Open.IsAwaited(step.Request) || State.Open.IsAwaited(step.Request))
            return null;
        return happened switch
        {
            RequestRefused e when e.Request == step.Request => ("refused", e.Code, e.Reason),
            RollbackStarted e when e.Step == FulfilmentSteps.StepOf(step.Request) && e.Code != "timeout" => ("refused", e.Code, e.Reason),
            // Whether it was done or not: from here on it is undone, or of no interest.
            RollbackStarted e => ("given-up", e.Code, e.Reason),
            _ => ("done", null, null),
        };
    }

    private static (string Outcome, string? Code, string? Reason)? EndedCheck(FulfilmentEvent happened) => happened switch
    {
        RiskApproved e => ("done", null, e.Reason),
        RollbackStarted { Code: "risk-declined" or "risk-unavailable" } e => ("refused", e.Code, e.Reason),
        RollbackStarted e => ("given-up", e.Code, e.Reason),
        _ => null,
    };
}

/// <summary>Something that somebody was asked for.</summary>
/// <param name="Request">Its name, such as <c>1/reserve/ABC-7</c>.</param>
/// <param name="Context">Who was asked: <c>inventory</c>, <c>accounts</c>, <c>orders</c>, or <c>risk-check</c>.</param>
/// <param name="AggregateId">Which of its aggregates.</param>
/// <param name="AskedAt">UTC, as all times here when it was recorded.</param>
internal sealed record StoryStep(string Request, string Context, string AggregateId, DateTime AskedAt)
{
    /// <summary><c>waiting</c>, <c>done</c>, <c>refused</c>, or <c>given-up</c>.</summary>
    public string Outcome { get; init; } = "waiting";

    /// <summary>Which rule refused it, or why it was given up.</summary>
    public string? Code { get; init; }

    public string? Reason { get; init; }

    /// <summary>Null while it is waited for.</summary>
    public DateTime? EndedAt { get; init; }

    public double? DurationMs => (EndedAt - AskedAt)?.TotalMilliseconds;
}

/// <summary>Something that happened in fulfilment.</summary>
internal sealed record StoryEvent(long Sequence, string Type, DateTime RecordedAt);
