using Streaming.CommandHost.Http;
using Streaming.Contexts.Orders;
using Streaming.Contracts.Orders;
using Streaming.Domain.Orders;

namespace Streaming.CommandHost.Orders;

/// <summary>Orders over HTTP. Accepting, rejecting and revoking are for fulfilment, which has promised or undone what they stand for: nobody else is offered them.</summary>
internal static class OrdersApi
{
    public static CommandBody<OrderCommand> Place { get; } = new(
        "place",
        (id, body) => new PlaceOrder(
            new(id), new(body.Text("customerId")), new(body.Text("accountId")), body.Currency(), Lines(body), body.Reason(), body.Reference(),
            body.OccurredAt(), body.OptionalText("channel")),
        """{"customerId": "C-17", "accountId": "12345", "currency": "EUR", "lines": [{"sku": "ABC-7", "quantity": 2, "unitPrice": "24.95"}]}""")
    {
        Creates = true,
    };

    public static ContextApi<OrderCommand, OrderEvent, Order> Definition { get; } = new()
    {
        Context = OrdersContext.Definition,
        IdName = "orderId",
        IdExample = "ORD-1",
        Check = OrderLimits.Check,
        UnknownCode = "unknown-order",
        UnknownTitle = "The order is not known",
        ClosedAfter = ["place", "cancel"],
        Show = order => new
        {
            Status = order.Status.ToString().ToLowerInvariant(),
            CustomerId = order.CustomerId.Value,
            AccountId = order.AccountId.Value,
            Currency = order.Currency.Value,
            Total = MoneyText.Of(order.Total),
            order.Revision,
            Lines = order.Lines.Select(line => new { Sku = line.Sku.Value, line.Quantity, UnitPrice = MoneyText.Of(line.UnitPrice, order.Currency) }),
        },
        Commands =
        [
            Place,
            new("change", (id, body) => new ChangeOrderLines(new(id), Lines(body), body.Reason(), body.Reference(), body.OccurredAt()),
                """{"lines": [{"sku": "ABC-7", "quantity": 3, "unitPrice": 24.95}], "reason": "one more"}""") { After = ["place"] },
            new("cancel", (id, body) => new CancelOrder(new(id), body.Reason(), body.Reference(), body.OccurredAt()),
                """{"reason": "found it cheaper"}""") { After = ["place"] },
        ],
    };

    private static IReadOnlyList<OrderLine> Lines(BodyReader body) => body.List(
        "lines", OrderLimits.LinesMax, line => new OrderLine(new(line.Text("sku")), line.Quantity("quantity"), line.Amount("unitPrice")));
}
