namespace Streaming.Domain;

/// <summary>What a decider answers: the events that happen, in order, or the refusal. Never both.</summary>
/// <remarks>No events and no refusal is a decision too: the command changes nothing.</remarks>
/// <typeparam name="TEvent">What the aggregate's events have in common.</typeparam>
public readonly struct Decision<TEvent>
{
    private readonly IReadOnlyList<TEvent>? _events;

    private Decision(IReadOnlyList<TEvent>? events, Refusal? refusal) => (_events, Refusal) = (events, refusal);

    /// <summary>What happens; empty when refused.</summary>
    public IReadOnlyList<TEvent> Events => _events ?? [];

    /// <summary>Why not; null when it happens.</summary>
    public Refusal? Refusal { get; }

    public static implicit operator Decision<TEvent>(TEvent happened) => new([happened], null);

    public static implicit operator Decision<TEvent>(TEvent[] happened) => new(happened, null);

    public static implicit operator Decision<TEvent>(Refusal refusal) => new(null, refusal);
}
