using Streaming.Commands;
using Streaming.Domain;

namespace Streaming.CommandHost;

/// <summary>A context as callers see it over HTTP: how its aggregates are named, and what can be asked of them.</summary>
/// <remarks>The routes, headers, answers and problems are the same for all contexts; this is what differs.</remarks>
public sealed class ContextApi<TCommand, TEvent, TState>
    where TCommand : class
    where TEvent : class
{
    /// <summary>Topics, records and rules; its name is the first part of every path.</summary>
    public required CommandContext<TCommand, TEvent, TState> Context { get; init; }

    /// <summary>What answers call the aggregate's id, such as <c>sku</c>.</summary>
    public required string IdName { get; init; }

    /// <summary>An id for the examples in the API's description.</summary>
    public required string IdExample { get; init; }

    /// <summary>Last part of the path → the command that the body makes.</summary>
    public required IReadOnlyList<CommandBody<TCommand>> Commands { get; init; }

    /// <summary>The rules that need no state; codes <c>invalid-some-field</c> are told by field. The decider checks them again.</summary>
    public Func<TCommand, Refusal?> Check { get; init; } = _ => null;

    /// <summary>The refusal that says that the aggregate is not known, such as <c>unknown-sku</c>; answered with 404.</summary>
    public string UnknownCode { get; init; } = "";

    /// <summary>The title of that problem, such as <c>The product is not known</c>.</summary>
    public string UnknownTitle { get; init; } = "Not known";

    /// <summary>The actions that lead a new aggregate to its end, after which it may be erased; for the example in the API's description.</summary>
    public IReadOnlyList<string> ClosedAfter { get; init; } = [];

    /// <summary>How a state is shown as JSON: an object of plain values. By default the state as it is.</summary>
    public Func<TState, object> Show { get; init; } = state => state!;

    /// <summary>What events changed in sum, as an object of plain values: the only honest answer to "how much by that business date", because a
    /// level that an event carries knows of everything recorded before it. Null for a context without quantities.</summary>
    public Func<IReadOnlyList<TEvent>, object>? SumOfChanges { get; init; }

    internal string Name => Context.Topics.Context;
}
