using Streaming.Contracts.Inventory;

namespace Streaming.Commands.Tests.Running;

/// <summary>Commands without their optional fields.</summary>
internal static class Some
{
    public static RegisterProduct Register(string sku, string name = "Widget") => new(new Sku(sku), name, null, null, null);

    public static ReceiveStock Receive(string sku, int quantity = 1) => new(new Sku(sku), quantity, null, null, null);

    public static SellStock Sell(string sku, int quantity = 1) => new(new Sku(sku), quantity, "asked for", null, null);

    /// <summary>A sale that is restocked under this id.</summary>
    public static SellStock SellRestocked(string sku, int quantity, string restocking) => new(new Sku(sku), quantity, "asked for", restocking, null);
}
