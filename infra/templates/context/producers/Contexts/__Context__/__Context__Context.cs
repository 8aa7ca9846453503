using Streaming.Commands;
using Streaming.Contracts;
using Streaming.Contracts.__Context__;
using Streaming.Contracts.Topics;
using Streaming.Domain.__Context__;

namespace Streaming.Contexts.__Context__;

/// <summary>The context __context__, as the command processor and the operator's tools need to know it.</summary>
public static class __Context__Context
{
    public static CommandContext<__Aggregate__Command, __Aggregate__Event, __Aggregate__> Definition { get; } = new()
    {
        Topics = TopicCatalogue.__Context__,
        Records = RecordsOf.Context<__Aggregate__Command, __Aggregate__Event>(AvroRecords.All),
        Decider = __Context__Decider.Instance,
        Snapshots = __Aggregate__States.Format,
        IsClosed = state => state.IsClosed,
        AggregateId = command => command.__Aggregate__Id.Value,
        Stamp = (command, recordedAt) => command.OccurredAt is null ? command with { OccurredAt = recordedAt } : command,
        OccurredAt = happened => happened.OccurredAt,
    };
}
