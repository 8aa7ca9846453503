using Streaming.Contracts;
using Streaming.Contracts.Inventory;

namespace Streaming.Domain.Inventory;

/// <summary>What a command must look like, whatever the stock: the rules that need no state.</summary>
/// <remarks>A record on a topic is kept for ever, so what people type into it is bounded.</remarks>
public static class InventoryLimits
{
    public const int SkuLengthMax = 64;
    public const int NameLengthMax = 200;
    public const int OrderIdLengthMax = 64;
    public const int ReasonLengthMax = 500;
    public const int ReferenceLengthMax = 200;

    /// <summary>The first rule that the command breaks; null when it breaks none.</summary>
    public static Refusal? Check(InventoryCommand command) => Id("sku", command.Sku.Value, SkuLengthMax) ?? command switch
    {
        RegisterProduct c => Name(c.Name) ?? Texts(c.Reason, c.Reference),
        ReceiveStock c => AboveZero(c.Quantity) ?? Texts(c.Reason, c.Reference),
        SellStock c => AboveZero(c.Quantity) ?? Texts(c.Reason, c.Reference),
        AdjustStock c => NotZero(c.Quantity) ?? Texts(c.Reason, c.Reference),
        ReserveStock c => AboveZero(c.Quantity) ?? Order(c.OrderId) ?? Texts(c.Reason),
        ReleaseStock c => AboveZero(c.Quantity) ?? Order(c.OrderId) ?? Texts(c.Reason),
        ShipStock c => AboveZero(c.Quantity) ?? Order(c.OrderId) ?? Texts(c.Reason),
        DiscontinueProduct c => Texts(c.Reason, c.Reference),
        _ => null,
    };

    private static Refusal? AboveZero(int quantity) =>
        quantity > 0 ? null : new("invalid-quantity", $"quantity is {quantity}: give a whole number of units from 1 to {int.MaxValue}.");

    private static Refusal? NotZero(int quantity) =>
        quantity != 0 ? null : new("invalid-quantity", "quantity is 0: give the units to add, or to take as a negative number.");

    private static Refusal? Name(string name) =>
        string.IsNullOrWhiteSpace(name)
            ? new("invalid-name", $"name is blank: give 1 to {NameLengthMax} characters.")
            : TooLong("name", name, NameLengthMax);

    private static Refusal? Order(OrderId order) => Id("orderId", order.Value, OrderIdLengthMax);

    private static Refusal? Texts(string? reason, string? reference = null) =>
        TooLong("reason", reason, ReasonLengthMax) ?? TooLong("reference", reference, ReferenceLengthMax);

    private static Refusal? TooLong(string field, string? text, int lengthMax) =>
        text is null || text.Length <= lengthMax
            ? null
            : new($"invalid-{field}", $"{field} has {text.Length} characters: give at most {lengthMax}.");

    // An id becomes part of record keys, of paths in URLs and of lines in logs.
    private static Refusal? Id(string field, string id, int lengthMax) =>
        id is { Length: > 0 } && id.Length <= lengthMax && !id.Any(c => c == '/' || char.IsControl(c) || char.IsWhiteSpace(c))
            ? null
            : new(field == "sku" ? "invalid-sku" : "invalid-order-id",
                $"{field} is not an id: give 1 to {lengthMax} characters without white space, control characters and '/'.");
}
