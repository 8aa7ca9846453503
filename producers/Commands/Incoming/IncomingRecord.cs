using Confluent.Kafka;
using Streaming.Contracts.Commands;
using Streaming.Domain;

namespace Streaming.Commands.Incoming;

/// <summary>A record of the commands topic as the decider's shell sees it: one of the three kinds below.</summary>
internal abstract record IncomingRecord(ConsumeResult<byte[], byte[]> Record);

/// <summary>Nobody can be answered: no aggregate id or no command id.</summary>
internal sealed record Unanswerable(ConsumeResult<byte[], byte[]> Record, string Why) : IncomingRecord(Record);

/// <summary>A key that belongs to another partition, as it comes from a client with another partitioner.</summary>
internal sealed record Misplaced(ConsumeResult<byte[], byte[]> Record, int Partition) : IncomingRecord(Record);

/// <summary>A command that gets an answer.</summary>
/// <param name="Command">Null when <paramref name="Malformed"/> says why it could not be read, or when it is an <paramref name="Erase"/>.</param>
/// <param name="RecordedAt">When it was recorded first: its age, and its business time where the caller gave none.</param>
/// <param name="ExpectedVersion">The version that the aggregate must have; null when the caller doesn't mind.</param>
/// <param name="Erase">The one command that every context takes and no decider sees; null for all others.</param>
/// <param name="Hash">Tells a repeat from another command under the same id.</param>
internal sealed record Asked<TCommand>(
    ConsumeResult<byte[], byte[]> Record,
    CommandEnvelope Envelope,
    string AggregateId,
    string CommandId,
    TCommand? Command,
    EraseAggregate? Erase,
    DateTimeOffset RecordedAt,
    long? ExpectedVersion,
    byte[] Hash,
    Refusal? Malformed) : IncomingRecord(Record)
    where TCommand : class;
