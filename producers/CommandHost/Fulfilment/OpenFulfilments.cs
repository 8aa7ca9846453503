using Streaming.Contexts.Fulfilment;
using Streaming.Contracts.Fulfilment;
using Streaming.Domain.Fulfilment;

namespace Streaming.CommandHost.Fulfilment;

/// <summary>The fulfilments that are not closed, folded from their events. Holds no more than those. Written by one thread, asked by many.</summary>
internal sealed class OpenFulfilments
{
    private static readonly Func<FulfilmentState, FulfilmentEvent, FulfilmentState> Evolve = FulfilmentContext.Definition.Decider.Evolve;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, OpenFulfilment> _open = [];

    /// <summary>Folds an event. One whose beginning is not here belongs to a fulfilment that was closed, and changes nothing.</summary>
    public void Add(FulfilmentEvent happened, long sequence)
    {
        var id = happened.OrderId.Value;
        lock (_gate)
        {
            if (!_open.TryGetValue(id, out var before))
            {
                if (sequence != 1)
                    return;
                before = new(id, FulfilmentState.Unknown, happened.OccurredAt, happened.OccurredAt, 0, null);
            }

            if (sequence <= before.Version)
                return;
            var state = Evolve(before.State, happened);
            if (state.IsClosed)
                _open.Remove(id);
            else
                _open[id] = before with
                {
                    State = state,
                    ChangedAt = happened.OccurredAt,
                    Version = sequence,
                    Stuck = state.IsStuck ? happened as FulfilmentStuck ?? before.Stuck : null,
                };
        }
    }

    /// <summary>Its events were purged on purpose.</summary>
    public void Erase(string orderId)
    {
        lock (_gate)
            _open.Remove(orderId);
    }

    /// <summary>Those that have not changed for the longest time come first.</summary>
    public IReadOnlyList<OpenFulfilment> List(bool onlyStuck)
    {
        lock (_gate)
            return [.. _open.Values.Where(open => !onlyStuck || open.State.IsStuck).OrderBy(open => open.ChangedAt).ThenBy(open => open.OrderId, StringComparer.Ordinal)];
    }
}

/// <summary>A fulfilment that is not closed.</summary>
/// <param name="Stuck">Why it waits for an operator; null when it does not.</param>
internal sealed record OpenFulfilment(
    string OrderId, FulfilmentState State, DateTimeOffset StartedAt, DateTimeOffset ChangedAt, long Version, FulfilmentStuck? Stuck);
