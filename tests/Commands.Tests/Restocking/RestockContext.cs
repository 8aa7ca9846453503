using Streaming.Avro;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;
using Streaming.Domain;

namespace Streaming.Commands.Tests.Restocking;

/// <summary>A small process manager: asks inventory to receive units, and waits for the answer no longer than it wants to.</summary>
internal static class RestockContext
{
    public static CommandContext<RestockCommand, RestockEvent, RestockState> Definition { get; } = new()
    {
        Topics = TopicCatalogue.Of("restocking", partitionCount: 3),
        Records = AvroRecords.All,
        Decider = new(new(Attempt: 0, Deadline: null), Decide, Evolve),
        Process = new(Requests, state => state.Deadline, (id, deadline) => new GiveUp(id, deadline, null), Answered),
        Asks = [Running.Installation.Context.Topics],
        AggregateId = command => command.Id,
        Stamp = (command, recordedAt) => command.OccurredAt is null ? command with { OccurredAt = recordedAt } : command,
        OccurredAt = happened => happened.OccurredAt,
    };

    /// <summary>A sale with a reference restocks what was sold.</summary>
    public static RestockCommand? AfterSale(IAvroRecord happened) => happened is StockSold { Reference: { } reference } sold
        ? new Restock(reference, sold.Sku.Value, sold.Quantity, PatienceMs: 1_000_000, null)
        : null;

    private static Decision<RestockEvent> Decide(RestockCommand command, RestockState state) => command switch
    {
        Restock c when state.Deadline is null => new RestockAsked(
            c.Id, state.Attempt + 1, c.Sku, c.Quantity, c.OccurredAt!.Value.AddMilliseconds(c.PatienceMs), c.OccurredAt.Value),
        Restock => new Refusal("waiting", "It waits for an answer: wait, too."),
        HearAnswer c when state.Deadline is not null && c.Request == Name(state.Attempt) => new RestockAnswered(c.Id, state.Attempt, c.Code, c.OccurredAt!.Value),
        GiveUp c when state.Deadline == c.Deadline => new RestockGivenUp(c.Id, state.Attempt, c.OccurredAt!.Value),
        _ => Array.Empty<RestockEvent>(),
    };

    private static RestockState Evolve(RestockState state, RestockEvent happened) => happened switch
    {
        RestockAsked e => new(e.Attempt, e.Deadline),
        _ => state with { Deadline = null },
    };

    private static IReadOnlyList<Request> Requests(RestockEvent happened, RestockState state) => happened is RestockAsked e
        ? [new(Name(e.Attempt), "inventory", e.Sku, new ReceiveStock(new Sku(e.Sku), e.Quantity, "restocked", e.Id, null))]
        : [];

    private static HearAnswer Answered(Answer answer) => new HearAnswer(answer.ProcessId, answer.Request, answer.Code, null);

    private static string Name(int attempt) => $"{attempt}/receive";
}
