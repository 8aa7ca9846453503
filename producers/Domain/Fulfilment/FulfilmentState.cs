using Streaming.Contracts;
using Streaming.Contracts.Fulfilment;

namespace Streaming.Domain.Fulfilment;

/// <summary>What fulfilment needs to know of one order to decide about it. Compares by content.</summary>
/// <param name="Phase">What it waits for.</param>
/// <param name="CustomerId">Who ordered.</param>
/// <param name="AccountId">The account that pays.</param>
/// <param name="Order">What the current attempt is to fulfil.</param>
/// <param name="Newer">What the next attempt is to fulfil; null when the order has not changed.</param>
/// <param name="Attempt">From 1; the names of requests start with it.</param>
/// <param name="Open">What was asked for and is not done.</param>
/// <param name="Shipped">Lines that have left the shelf.</param>
/// <param name="Rollback">Why everything is undone; null while it goes forward.</param>
/// <param name="Deadline">Until when it waits; null when it waits for nothing.</param>
/// <param name="IsStuck">It waits for an operator.</param>
public sealed record FulfilmentState(
    FulfilmentPhase Phase,
    CustomerId CustomerId,
    AccountId AccountId,
    Demand Order,
    Demand? Newer,
    int Attempt,
    OpenSteps Open,
    Lines Shipped,
    Rollback? Rollback,
    DateTimeOffset? Deadline,
    bool IsStuck)
{
    /// <summary>An order that nobody has asked to fulfil.</summary>
    public static readonly FulfilmentState Unknown = new(
        FulfilmentPhase.Unknown, default, default, Demand.None, Newer: null, Attempt: 0, OpenSteps.None, Lines.None, Rollback: null, Deadline: null, IsStuck: false);

    /// <summary>The rule that refuses for good to give back what was captured; null while nobody has said so, or asks again.</summary>
    public string? RefundRefusedBy { get; init; }

    /// <summary>Nothing happens to it any more.</summary>
    public bool IsClosed => Phase is FulfilmentPhase.Completed or FulfilmentPhase.RolledBack;

    /// <summary>It has not been told that the order is accepted: every failure leads back.</summary>
    public bool IsBeforeAcceptance => Phase is FulfilmentPhase.Reserving or FulfilmentPhase.Holding or FulfilmentPhase.CheckingRisk
        or FulfilmentPhase.Accepting or FulfilmentPhase.AwaitingChange;

    /// <summary>The order is accepted and paid, or about to be: it goes forward, and back only when that cannot be.</summary>
    public bool IsAfterAcceptance => Phase is FulfilmentPhase.Capturing or FulfilmentPhase.Shipping;
}

/// <summary>What an order asks for, in one of its revisions.</summary>
/// <param name="Revision">Which; 0 for none.</param>
/// <param name="Lines">What is to be shipped.</param>
/// <param name="Total">What it costs.</param>
public sealed record Demand(int Revision, Lines Lines, Money Total)
{
    public static readonly Demand None = new(Revision: 0, Lines.None, default);
}

/// <summary>Why everything is undone, and what follows then.</summary>
/// <param name="Code">Which rule or event led to it.</param>
/// <param name="Reason">The same in words.</param>
/// <param name="Then">What follows.</param>
public sealed record Rollback(string Code, string Reason, RollbackThen Then);
