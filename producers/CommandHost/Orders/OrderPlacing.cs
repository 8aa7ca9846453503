using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Streaming.CommandHost.Http;
using Streaming.CommandHost.Reading;
using Streaming.CommandHost.Serving;
using Streaming.Commands.Records;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Orders;
using Streaming.Domain.Orders;
using Streaming.Hosting.Http;

namespace Streaming.CommandHost.Orders;

/// <summary><c>POST /orders</c>: places an order under a number that the host makes, and waits for what becomes of it when the caller prefers to.</summary>
/// <remarks>
/// The answer is made of the first event that decides the order, so that a repeat with the same Idempotency-Key gets the same bytes from any
/// host at any time. What comes after it, such as a revocation, is told by <c>GET /orders/{id}</c>.
/// </remarks>
internal sealed class OrderPlacing(
    ServedContext<OrderCommand, OrderEvent, Order> orders,
    AggregateLogs logs,
    RecordFormat format,
    IOptions<ReadingOptions> reading,
    TimeProvider time) : IServedContext
{
    public string Name => orders.Name;

    // As a Delegate: a method of this form is taken for one that writes the response itself, and its result would be ignored.
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/orders", (Delegate)PlaceAsync);

    public void Describe(JsonObject paths) => Describing.Describe.Operation(paths, "/orders", "post", PlacingDescription.Of(Name));

    private async Task<IResult> PlaceAsync(HttpContext http)
    {
        var started = time.GetTimestamp();
        var asked = await orders.AskAsync(headers => NumberOf(headers, http), OrdersApi.Place, http);
        if (asked.Result is not CommandAccepted placed)
            return orders.Answer(asked, creates: true, http.Response);
        var left = asked.Headers!.PrefersWait ? asked.Headers.Wait - time.GetElapsedTime(started) : TimeSpan.Zero;
        try
        {
            return OrderAnswers.To(placed, await OutcomeAsync(placed.AggregateId, left, http.RequestAborted), http.Response);
        }
        catch (AggregateErasedException)
        {
            return new ReadingAnswers("orderId").Erased(placed.AggregateId);
        }
        catch (LogUnreadableException)
        {
            return OrderAnswers.To(placed, outcome: null, http.Response);   // It is placed; what became of it, the next call tells.
        }
    }

    private string NumberOf(CommandHeaders headers, HttpContext http) => headers.HasOwnId
        ? OrderNumber.Of(http.User.Actor ?? "", headers.CommandId)
        : OrderNumber.New(time);

    // Looks once in any case: a repeat long after the first call finds what became of the order.
    private async Task<OrderEvent?> OutcomeAsync(string orderId, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (logs.Find(Name) is not { } log)
            return null;    // This host doesn't read; others tell.
        if (!await log.IsIndexedAsync(reading.Value.Wait, time, cancellationToken))
            return null;
        var started = time.GetTimestamp();
        for (var next = 1L; ;)
        {
            var left = wait - time.GetElapsedTime(started);
            await log.Index.AwaitAsync(orderId, next, left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken);
            var count = log.Index.VersionOf(orderId) - next + 1;
            if (count <= 0)
                return null;
            await foreach (var happened in log.ReadAsync(orderId, next, count, cancellationToken))
            {
                next = happened.Sequence + 1;
                if (format.Decode(happened.Value) is OrderEvent and (OrderAccepted or OrderRejected or OrderCancelled) and var outcome)
                    return (OrderEvent)outcome;
            }
        }
    }
}
