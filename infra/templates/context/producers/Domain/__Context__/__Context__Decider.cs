using System.Diagnostics;
using Streaming.Contracts.__Context__;

namespace Streaming.Domain.__Context__;

/// <summary>The rules of __context__.</summary>
/// <remarks>Events carry the resulting total, and the deltas from event to event add up to it.</remarks>
public static class __Context__Decider
{
    public static readonly Decider<__Aggregate__Command, __Aggregate__Event, __Aggregate__> Instance = new(__Aggregate__.Unknown, Decide, Evolve);

    /// <summary>What follows from a command. <see cref="__Aggregate__Command.OccurredAt"/> must be set: there is no clock in here.</summary>
    public static Decision<__Aggregate__Event> Decide(__Aggregate__Command command, __Aggregate__ before)
    {
        var occurredAt = command.OccurredAt
            ?? throw new ArgumentException("A command has no business time: stamp it before it is decided.", nameof(command));
        if (__Context__Limits.Check(command) is { } wrong)
            return wrong;
        return command switch
        {
            _ when before.IsClosed => __Context__Refusals.Closed(command.__Aggregate__Id),
            Open__Aggregate__ when before.IsOpen => __Context__Refusals.AlreadyOpen(command.__Aggregate__Id, before),
            Open__Aggregate__ c => new __Aggregate__Opened(c.__Aggregate__Id, c.Name, c.Reason, c.Reference, before.Total, occurredAt),
            _ when !before.IsOpen => __Context__Refusals.Unknown(command.__Aggregate__Id),

            Count__Aggregate__ c when c.Quantity > int.MaxValue - before.Total => __Context__Refusals.TooMany(c.__Aggregate__Id, c.Quantity, before),
            Count__Aggregate__ c => new __Aggregate__Counted(
                c.__Aggregate__Id, c.Quantity, c.Reason, c.Reference, before.Total + c.Quantity, occurredAt),

            Close__Aggregate__ c => new __Aggregate__Closed(c.__Aggregate__Id, c.Reason, c.Reference, before.Total, occurredAt),

            _ => throw new UnreachableException($"No decision for {command.GetType().Name}; add it above."),
        };
    }

    /// <summary>The state after an event.</summary>
    public static __Aggregate__ Evolve(__Aggregate__ before, __Aggregate__Event happened) => happened switch
    {
        __Aggregate__Opened e => before with { Name = e.Name, Total = e.Total },
        __Aggregate__Counted e => before with { Total = e.Total },
        __Aggregate__Closed => before with { IsClosed = true },
        _ => throw new UnreachableException($"No evolution for {happened.GetType().Name}; add it above."),
    };
}
