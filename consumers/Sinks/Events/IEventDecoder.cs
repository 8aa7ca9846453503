namespace Streaming.Sinks.Events;

/// <summary>Makes an event of a record's bytes.</summary>
public interface IEventDecoder
{
    /// <exception cref="PoisonEventException">The record is no event: trying again cannot help. Any other exception is tried again.</exception>
    ValueTask<RecordedEvent> DecodeAsync(LogRecord record, CancellationToken cancellationToken);
}
