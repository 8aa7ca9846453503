using Streaming.Contracts.Accounts;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Orders;
using Streaming.Contracts.Upcasting;

namespace Streaming.Contracts;

/// <summary>The upcasters of all contexts.</summary>
public static class Upcasters
{
    public static IReadOnlyList<Upcaster> All { get; } = [.. InventoryUpcasters.All, .. AccountsUpcasters.All, .. OrdersUpcasters.All];
}
