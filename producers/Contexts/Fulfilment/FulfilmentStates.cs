using Streaming.Commands.Snapshots;
using Streaming.Contracts.Fulfilment;
using Streaming.Domain;
using Streaming.Domain.Fulfilment;

namespace Streaming.Contexts.Fulfilment;

/// <summary>What was done for an order as a record, and back.</summary>
public static class FulfilmentStates
{
    public static StateFormat<FulfilmentState> Format { get; } = StateFormat<FulfilmentState>.Of<OrderFulfilmentState>(Write, Read);

    private static OrderFulfilmentState Write(FulfilmentState state) => new(
        state.Phase.ToString(),
        state.CustomerId,
        state.AccountId,
        Write(state.Order),
        state.Newer is { } newer ? Write(newer) : null,
        state.Attempt,
        [.. state.Open.RequestsByStep.Select(open => new FulfilmentOpenStep(open.Key, open.Value))],
        state.Shipped,
        state.Rollback is { } why ? new FulfilmentRollback(why.Code, why.Reason, why.Then) : null,
        state.Deadline,
        state.IsStuck,
        state.RefundRefusedBy);

    private static FulfilmentDemand Write(Demand demand) => new(demand.Revision, demand.Lines, demand.Total.Amount, demand.Total.Currency);

    private static FulfilmentState Read(OrderFulfilmentState record)
    {
        if (!Enum.TryParse<FulfilmentPhase>(record.Phase, out var phase) || !Enum.IsDefined(phase) || phase == FulfilmentPhase.Unknown)
            throw new FormatException($"'{record.Phase}' is no phase of a fulfilment");
        if (record.Rollback is null && phase is FulfilmentPhase.RollingBack or FulfilmentPhase.Rejecting or FulfilmentPhase.Revoking or FulfilmentPhase.RolledBack)
            throw new FormatException($"it is {phase} without a reason");
        if (record.Deadline is null != (record.IsStuck || phase is FulfilmentPhase.Completed or FulfilmentPhase.RolledBack))
            throw new FormatException(record.Deadline is null ? $"it is {phase}, and waits for ever" : $"it is {phase}, and waits until {record.Deadline:u} for nothing");
        return new(
            phase,
            record.CustomerId,
            record.AccountId,
            Read(record.Order),
            record.Newer is { } newer ? Read(newer) : null,
            record.Attempt,
            OpenSteps.Restore(record.Open.Select(open => KeyValuePair.Create(open.Step, open.Requests))),
            new Lines(record.Shipped),
            record.Rollback is { } why ? new Rollback(why.Code, why.Reason, why.Then) : null,
            record.Deadline,
            record.IsStuck)
        {
            RefundRefusedBy = record.RefundRefusedBy,
        };
    }

    private static Demand Read(FulfilmentDemand record) => new(record.Revision, new Lines(record.Lines), new Money(record.Total, record.Currency));
}
