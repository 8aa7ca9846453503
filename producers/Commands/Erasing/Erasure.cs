using Confluent.Kafka;
using Streaming.Commands.Incoming;
using Streaming.Commands.Records;
using Streaming.Commands.Writing;
using Streaming.Contracts.Commands;
using Streaming.Domain;

namespace Streaming.Commands.Erasing;

/// <summary>Purges a closed aggregate whole, for any context: no decider knows of it.</summary>
internal static class Erasure
{
    private const int ReasonLengthMax = 500;

    /// <summary>What is wrong with the command itself; null when nothing is.</summary>
    public static Refusal? Check(EraseAggregate erase) => string.IsNullOrWhiteSpace(erase.Reason) || erase.Reason.Length > ReasonLengthMax
        ? new("invalid-reason", $"An erasure says why, for ever: give a reason of 1 to {ReasonLengthMax} characters.")
        : null;

    /// <summary>The entry first: whoever sees a tombstone finds there why. Then the events and the snapshot, whose values compaction removes.</summary>
    public static void Write(
        Outbox outbox, RecordHeaders headers, RecordFormat format, CommandEnvelope cause, byte[] aggregateKey, AggregateErased erased, Timestamp recordedAt)
    {
        outbox.Erasure(new()
        {
            Key = aggregateKey,
            Value = format.Encode(erased),
            Timestamp = recordedAt,
            Headers = headers.OfErasure(cause, aggregateKey, AggregateErased.RecordType.FullName, erased.ErasedAt, erased.LastSequence),
        });
        for (var sequence = 1L; sequence <= erased.LastSequence; sequence++)
            outbox.Event(Tombstone(RecordKeys.Event(aggregateKey, sequence), recordedAt));
        outbox.Snapshot(Tombstone(aggregateKey, recordedAt));
    }

    public static Refusal Erased(string aggregateId) => new(
        "erased", $"{aggregateId} was erased, with all that ever happened to it: its id is never used again. Take another one.");

    public static Refusal NotClosed(string aggregateId, long version) => new("not-closed", version == 0
        ? $"Nothing has happened to {aggregateId}, so there is nothing to erase."
        : $"{aggregateId} is not closed: only an aggregate that nothing can happen to any more is erased. Close it first.");

    // Neither header nor value: nothing of it may stay.
    private static Message<byte[], byte[]> Tombstone(byte[] key, Timestamp recordedAt) => new() { Key = key, Value = null!, Timestamp = recordedAt };
}
