using Streaming.Contracts.Inventory;

namespace Streaming.Domain.Inventory;

/// <summary>What a command must look like, whatever the stock: the rules that need no state.</summary>
public static class InventoryLimits
{
    public const int SkuLengthMax = Fields.IdLengthMax;
    public const int NameLengthMax = Fields.NameLengthMax;
    public const int ReasonLengthMax = Fields.ReasonLengthMax;
    public const int ReferenceLengthMax = Fields.ReferenceLengthMax;
    public const int SupplierLengthMax = Fields.NameLengthMax;

    /// <summary>The first rule that the command breaks; null when it breaks none.</summary>
    public static Refusal? Check(InventoryCommand command) => Fields.Id("sku", command.Sku.Value) ?? command switch
    {
        RegisterProduct c => Fields.Name("name", c.Name) ?? Fields.Texts(c.Reason, c.Reference),
        ReceiveStock c => AboveZero(c.Quantity) ?? Fields.Texts(c.Reason, c.Reference) ?? Fields.TooLong("supplier", c.Supplier, SupplierLengthMax),
        SellStock c => AboveZero(c.Quantity) ?? Fields.Texts(c.Reason, c.Reference),
        AdjustStock c => NotZero(c.Quantity) ?? Fields.Texts(c.Reason, c.Reference),
        ReserveStock c => AboveZero(c.Quantity) ?? Fields.Id("orderId", c.OrderId.Value) ?? Fields.Texts(c.Reason),
        ReleaseStock c => AboveZero(c.Quantity) ?? Fields.Id("orderId", c.OrderId.Value) ?? Fields.Texts(c.Reason),
        ShipStock c => AboveZero(c.Quantity) ?? Fields.Id("orderId", c.OrderId.Value) ?? Fields.Texts(c.Reason),
        DiscontinueProduct c => Fields.Texts(c.Reason, c.Reference),
        _ => null,
    };

    private static Refusal? AboveZero(int quantity) => Fields.AboveZero("quantity", quantity, of: "units");

    private static Refusal? NotZero(int quantity) =>
        quantity != 0 ? null : Fields.Wrong("quantity", "quantity is 0: give the units to add, or to take as a negative number.");
}
