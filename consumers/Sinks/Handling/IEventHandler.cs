using Streaming.Sinks.Events;

namespace Streaming.Sinks.Handling;

/// <summary>Does something for each event: tells somebody, calls a system. What it derives, it keeps nowhere; its position is kept for it.</summary>
/// <remarks>
/// Events of one aggregate come one after another in their order, those of different aggregates at the same time. After a crash an event may come
/// again: calls through a recorded client (<see cref="Gateway.RecordingHandler"/>) are answered from their record then, and are not made twice.
/// </remarks>
public interface IEventHandler
{
    /// <param name="mode">History and replays should mostly do nothing outside: nobody wants last year's mails again.</param>
    /// <exception cref="PoisonEventException">The event can never be handled; any other exception that does not pass by itself means the same.</exception>
    Task HandleAsync(RecordedEvent recorded, SinkMode mode, CancellationToken cancellationToken);
}
