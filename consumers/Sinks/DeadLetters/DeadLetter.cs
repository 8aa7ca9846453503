using Streaming.Contracts.Envelope;
using Streaming.Sinks.Events;

namespace Streaming.Sinks.DeadLetters;

/// <summary>What has become of a dead letter.</summary>
public enum DeadLetterState
{
    /// <summary>It is still to be handled; later events of its aggregate wait behind it.</summary>
    Waiting,

    /// <summary>It was handled after all.</summary>
    Redriven,

    /// <summary>Somebody decided that the sink goes without it, for good.</summary>
    Discarded,

    /// <summary>The sink was reset to before it, and meets it again in the log.</summary>
    Superseded,
}

/// <summary>A record that a sink could not handle, or that waits behind one, as it was, and its story since.</summary>
public sealed record DeadLetter
{
    public required string Topic { get; init; }
    public required int Partition { get; init; }
    public required long Offset { get; init; }
    public byte[]? Key { get; init; }
    public byte[]? Value { get; init; }

    /// <summary>The record's own, in their order.</summary>
    public required IReadOnlyList<KeyValuePair<string, byte[]?>> Headers { get; init; }

    /// <summary>The record's timestamp.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    public DeadLetterState State { get; init; }

    /// <summary>Why it could not be handled, at the last try.</summary>
    public required string Reason { get; init; }

    /// <summary>The record of the same aggregate that it waits behind; null when it is itself the one that could not be handled.</summary>
    public string? Behind { get; init; }

    /// <summary>Times that it was tried; 0 while it only waits behind another.</summary>
    public int Tries { get; init; }

    /// <summary>The topic's id: one that was created again under the same name has other records at these offsets.</summary>
    public string TopicId { get; init; } = "";

    /// <summary>The checkpoint's epoch when this was written.</summary>
    public int Epoch { get; init; }

    /// <summary>What the event was to the sink when it was parked: a redrive handles it as that.</summary>
    public SinkMode Mode { get; init; }

    /// <summary>The host that parked it.</summary>
    public required string Host { get; init; }
    public required DateTimeOffset ParkedAt { get; init; }

    /// <summary>Who decided what became of it, when, and why; null while nobody did.</summary>
    public string? DecidedBy { get; init; }
    public DateTimeOffset? DecidedAt { get; init; }
    public string? DecidedFor { get; init; }

    /// <summary><c>topic-partition@offset</c>: names it in commands and messages, and is its record's key.</summary>
    public string Position => $"{Topic}-{Partition}@{Offset}";

    /// <summary>Aggregate and sequence; null when the record's key is none of an event.</summary>
    public EventKey? EventKey => Contracts.Envelope.EventKey.TryParse(DeadLetterFormat.TextOrNull(Key), out var key) ? key : null;

    /// <summary>What it shares with those that must be handled after it: the aggregate, or the whole key where that names none.</summary>
    public string Queue => QueueOf(Key);

    internal static string QueueOf(byte[]? key) =>
        Contracts.Envelope.EventKey.TryParse(DeadLetterFormat.TextOrNull(key), out var parsed) ? parsed.AggregateId : "key " + Convert.ToHexStringLower(key ?? []);
}
