using Streaming.Avro;
using Streaming.Avro.Schema;

namespace Streaming.Sinks.Events;

/// <summary>One decoded event with where it lies and who caused it.</summary>
public sealed record RecordedEvent
{
    public required string Topic { get; init; }
    public required int Partition { get; init; }
    public required long Offset { get; init; }

    /// <summary>The event's aggregate, from the record's key.</summary>
    public required string AggregateId { get; init; }

    /// <summary>The event's place within its aggregate, from the record's key; 1 is the first.</summary>
    public required long Sequence { get; init; }

    /// <summary>The header <c>ce_id</c>.</summary>
    public required Guid EventId { get; init; }

    /// <summary>The record's timestamp: when the event was recorded, UTC, never falling within a partition.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>The event in its newest version.</summary>
    public required IAvroRecord Record { get; init; }

    /// <summary>The registry's id of the schema it was written with.</summary>
    public required int SchemaId { get; init; }

    /// <summary>The schema it was written with; <see cref="Body"/> is read by it.</summary>
    public required RecordSchema WriterSchema { get; init; }

    /// <summary>The Avro body as it was written, without the wire format's header.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Tells whether two records under one key say the same: equal for equal record name and body.</summary>
    public required long ContentHash { get; init; }

    public string? CausationId { get; init; }
    public string? CorrelationId { get; init; }
    public string? Actor { get; init; }

    /// <summary>What an <see cref="Handling.IEventEnrichment"/> fetched for it; null without one.</summary>
    public object? Enrichment { get; init; }

    /// <summary><c>topic-partition@offset</c>, as logs and messages name a record.</summary>
    public string Position => $"{Topic}-{Partition}@{Offset}";
}
