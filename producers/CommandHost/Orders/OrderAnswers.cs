using System.Diagnostics;
using Streaming.CommandHost.Http;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Orders;

namespace Streaming.CommandHost.Orders;

/// <summary>What a caller is told who has placed an order. Made of records alone, so that a repeat gets the same bytes.</summary>
internal static class OrderAnswers
{
    /// <param name="outcome">The event that decided the order; null while it is open.</param>
    public static IResult To(CommandAccepted placed, OrderEvent? outcome, HttpResponse response)
    {
        var link = $"/orders/{Uri.EscapeDataString(placed.AggregateId)}";
        response.Headers.Location = link;
        if (outcome is null)
            response.Headers.RetryAfter = "1";
        return outcome switch
        {
            null => Json(StatusCodes.Status202Accepted, new { placed.CommandId, OrderId = placed.AggregateId, Status = "open", Order = link }),
            OrderAccepted e => Json(StatusCodes.Status201Created, new
            {
                placed.CommandId, OrderId = placed.AggregateId, Status = "accepted", Total = MoneyText.Of(e.Total, e.Currency),
                Currency = e.Currency.Value, e.Revision, Order = link,
            }),
            OrderRejected e => Refused(placed, "The order is rejected", e.Reason ?? "No reason was given.", e.Code),
            OrderCancelled e => Refused(placed, "The order was cancelled", e.Reason ?? "No reason was given.", "order-cancelled"),
            _ => throw new UnreachableException($"{outcome.GetType().Name} decides no order."),
        };
    }

    private static IResult Json(int status, object answer) => Results.Json(answer, AnswerJson.Options, statusCode: status);

    private static IResult Refused(CommandAccepted placed, string title, string reason, string code) =>
        new Problem(StatusCodes.Status409Conflict, title, reason, code) { CommandId = placed.CommandId, Id = ("orderId", placed.AggregateId) }.ToResult();
}
