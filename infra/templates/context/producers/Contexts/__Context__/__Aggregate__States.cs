using Streaming.Commands.Snapshots;
using Streaming.Contracts.__Context__;
using Streaming.Domain.__Context__;

namespace Streaming.Contexts.__Context__;

/// <summary>The state of the __words__ as a record, and back.</summary>
public static class __Aggregate__States
{
    public static StateFormat<__Aggregate__> Format { get; } = StateFormat<__Aggregate__>.Of<__Aggregate__State>(Write, Read);

    private static __Aggregate__State Write(__Aggregate__ state) => new(state.Name, state.Total, state.IsClosed);

    private static __Aggregate__ Read(__Aggregate__State record) => record.Total >= 0
        ? new(record.Name, record.Total) { IsClosed = record.IsClosed }
        : throw new FormatException($"a total of {record.Total}, which none can have");
}
