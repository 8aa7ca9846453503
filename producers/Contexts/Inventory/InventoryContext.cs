using Streaming.Commands;
using Streaming.Contracts;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;
using Streaming.Domain.Inventory;

namespace Streaming.Contexts.Inventory;

/// <summary>Inventory, as the command processor and the operator's tools need to know it.</summary>
public static class InventoryContext
{
    public static CommandContext<InventoryCommand, InventoryEvent, StockLevel> Definition { get; } = new()
    {
        Topics = TopicCatalogue.Inventory,
        Records = RecordsOf.Context<InventoryCommand, InventoryEvent>(AvroRecords.All),
        Decider = InventoryDecider.Instance,
        Snapshots = StockStates.Format,
        IsClosed = stock => stock.IsClosed,
        AggregateId = command => command.Sku.Value,
        Stamp = (command, recordedAt) => command.OccurredAt is null ? command with { OccurredAt = recordedAt } : command,
        OccurredAt = happened => happened.OccurredAt,
    };
}
