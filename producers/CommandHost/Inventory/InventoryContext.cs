using Streaming.Avro;
using Streaming.Commands;
using Streaming.Contracts;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;
using Streaming.Domain.Inventory;

namespace Streaming.CommandHost.Inventory;

/// <summary>Inventory, wired to the command processor.</summary>
internal static class InventoryContext
{
    public static CommandContext<InventoryCommand, InventoryEvent, StockLevel> Definition { get; } = new()
    {
        Topics = TopicCatalogue.Inventory,
        Records = [.. AvroRecords.All.Where(IsOurs)],
        Decider = InventoryDecider.Instance,
        AggregateId = command => command.Sku.Value,
        Stamp = (command, recordedAt) => command.OccurredAt is null ? command with { OccurredAt = recordedAt } : command,
        OccurredAt = happened => happened.OccurredAt,
    };

    private static bool IsOurs(AvroRecordType record) =>
        record.ClrType.IsSubclassOf(typeof(InventoryCommand))
        || record.ClrType.IsSubclassOf(typeof(InventoryEvent))
        || record.ClrType.IsSubclassOf(typeof(CommandResult));
}
