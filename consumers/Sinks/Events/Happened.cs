namespace Streaming.Sinks.Events;

/// <summary>An event of the context whose topic it lies in.</summary>
public static class Happened
{
    /// <param name="idOf">The aggregate that the event names.</param>
    /// <exception cref="PoisonEventException">It belongs to something else.</exception>
    public static TEvent In<TEvent>(RecordedEvent recorded, Func<TEvent, string> idOf)
        where TEvent : class
    {
        if (recorded.Record is not TEvent happened)
            throw new PoisonEventException(recorded.Offset, $"{recorded.WriterSchema.FullName} is no event of {recorded.Topic}; its producer writes to the wrong topic.");
        return idOf(happened) == recorded.AggregateId
            ? happened
            : throw new PoisonEventException(recorded.Offset, $"the key names {recorded.AggregateId}, the event {idOf(happened)}: its producer is wrong.");
    }

    /// <summary>The exception for an aggregate whose first event is none that it could begin with.</summary>
    public static PoisonEventException HasNoBeginning(RecordedEvent recorded) =>
        new(recorded.Offset, $"{recorded.AggregateId} begins with a {recorded.WriterSchema.FullName}: its first event is not in the log.");
}
