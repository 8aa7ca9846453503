using Streaming.Commands;
using Streaming.Contexts.Accounts;
using Streaming.Contexts.Fulfilment;
using Streaming.Contexts.Inventory;
using Streaming.Contexts.Orders;

namespace Streaming.Contexts;

/// <summary>Every context that this repository decides: hosts run them, tools read their logs by them.</summary>
public static class ContextCatalogue
{
    public static IReadOnlyList<CommandContext> All { get; } =
    [
        InventoryContext.Definition, AccountsContext.Definition, OrdersContext.Definition, FulfilmentContext.Definition,
    ];

    /// <summary>The context of this name, such as <c>inventory</c>; null when there is none.</summary>
    public static CommandContext? Find(string name) => All.FirstOrDefault(context => context.Topics.Context == name);
}
