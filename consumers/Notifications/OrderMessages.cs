using Streaming.Contracts.Orders;
using Streaming.Sinks.Events;
using Streaming.Sinks.Handling;

namespace Streaming.Notifications;

/// <summary>Tells a customer that an order was accepted, rejected or cancelled: once, when it happens.</summary>
public sealed class OrderMessages(HttpClient http) : IEventHandler
{
    public async Task HandleAsync(RecordedEvent recorded, SinkMode mode, CancellationToken cancellationToken)
    {
        // Nobody wants to hear again, or today, what was last year.
        if (mode != SinkMode.Live || Message(recorded) is not { } message)
            return;
        using var answer = await http.PostAsJsonAsync((Uri?)null, message, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private static CustomerMessage? Message(RecordedEvent recorded) => recorded.Record switch
    {
        OrderAccepted e => new(e.CustomerId.Value, $"Order {e.OrderId.Value} is accepted", $"We ship it soon. {e.Total:0.00} {e.Currency} in all."),
        OrderRejected e => new(e.CustomerId.Value, $"Order {e.OrderId.Value} could not be accepted", e.Reason ?? e.Code),
        OrderCancelled e => new(e.CustomerId.Value, $"Order {e.OrderId.Value} is cancelled", e.Reason ?? "As you asked."),
        _ => null,
    };
}

/// <summary>What a customer is told.</summary>
public sealed record CustomerMessage(string CustomerId, string Subject, string Text);
