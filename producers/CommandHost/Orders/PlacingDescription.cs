using System.Text.Json.Nodes;
using Streaming.CommandHost.Describing;

namespace Streaming.CommandHost.Orders;

/// <summary>How <c>POST /orders</c> is described: like any command, but its answers tell what became of the order.</summary>
internal static class PlacingDescription
{
    public static JsonObject Of(string context)
    {
        var idName = OrdersApi.Definition.IdName;
        var placing = CommandDescription.Command(context, idName, OrdersApi.Definition.IdExample, OrdersApi.Place, isNumbered: true);
        placing["summary"] = "Place an order under a number that the host makes. With Prefer: wait=n the answer says what became of the order.";
        var responses = placing["responses"]!.AsObject();
        // Nobody can know an order, or its version, that gets its number here.
        responses.Remove("404");
        responses.Remove("412");
        responses["201"] = Describe.Response("The order is placed and accepted.", Describe.Object(
        [
            ("commandId", Describe.Text(null)), (idName, Describe.Text("The number that it was given.")), ("status", Describe.Text("accepted")),
            ("total", Describe.Text("What it costs, as text.")), ("currency", Describe.Text(null)), ("revision", Describe.Whole("Which revision was accepted.")),
            ("order", Describe.Text("Where the order is.")),
        ], ["commandId", idName, "status", "total", "currency", "revision", "order"]), ("Location", "Where the order is."));
        responses["202"] = Describe.Response(
            "The order is placed, and it is open what becomes of it: ask at Location, or repeat the request under its Idempotency-Key. "
            + "With the status pending it was not placed in time either.",
            Describe.Object(
            [
                ("commandId", Describe.Text(null)), (idName, Describe.Text("The number that it was given.")), ("status", Describe.Text("open, or pending")),
                ("order", Describe.Text("Where the order is; absent while it is pending.")),
                ("result", Describe.Text("Where to ask whether it is placed; only while it is pending.")),
            ], ["commandId", idName, "status"]),
            ("Location", "Where to ask."), ("Retry-After", "When, in seconds."));
        responses["409"] = Describe.Problem(
            "The order was placed and is rejected, or cancelled meanwhile; code says by which rule, such as insufficient-stock, insufficient-funds, "
            + "risk-declined or order-cancelled, and detail says why.",
            ("Location", "Where the order is."));
        return placing;
    }
}
