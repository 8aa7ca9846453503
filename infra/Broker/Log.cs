using System.Net;
using Microsoft.Extensions.Logging;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker;

/// <summary>Every log line of the broker.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Broker of cluster {ClusterId} listens on {BootstrapServers}, data in {DataDirectory}")]
    public static partial void Started(this ILogger logger, string clusterId, string bootstrapServers, string dataDirectory);

    [LoggerMessage(Level = LogLevel.Information, Message = "Broker stopped")]
    public static partial void Stopped(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {ConnectionId} from {Client} closed: {Reason}")]
    public static partial void ConnectionMalformed(this ILogger logger, long connectionId, IPAddress client, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Connection {ConnectionId} from {Client} ended: {Reason}")]
    public static partial void ConnectionEnded(this ILogger logger, long connectionId, IPAddress client, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {ConnectionId} from {Client} failed to authenticate")]
    public static partial void AuthenticationFailed(this ILogger logger, long connectionId, IPAddress client);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {ConnectionId} from {Client} closed: the TLS handshake failed: {Reason}")]
    public static partial void HandshakeFailed(this ILogger logger, long connectionId, IPAddress client, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A request on connection {ConnectionId} from {Client} failed; the connection is closed")]
    public static partial void RequestFailed(this ILogger logger, Exception cause, long connectionId, IPAddress client);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A connection from {Client} was refused: there are {Max} already ({Option})")]
    public static partial void ConnectionRefused(this ILogger logger, IPAddress client, long max, string option);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A connection could not be accepted: {Reason}")]
    public static partial void AcceptFailed(this ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Group {Group} is {State} in generation {Generation} with {MemberCount} members")]
    public static partial void GroupChanged(this ILogger logger, string group, GroupState state, int generation, int memberCount);

    [LoggerMessage(Level = LogLevel.Information, Message = "Group {Group} goes on by the {Kind} protocol in generation {Generation} with {MemberCount} members")]
    public static partial void GroupConverted(this ILogger logger, string group, GroupKind kind, int generation, int memberCount);

    [LoggerMessage(Level = LogLevel.Information, Message = "Member {Member} of group {Group} was not heard of for {SessionMs} ms; its partitions go to the others")]
    public static partial void MemberExpired(this ILogger logger, string group, string member, long sessionMs);

    [LoggerMessage(Level = LogLevel.Error, Message = "Group {Group} could not be written to {Partition}; its clients retry")]
    public static partial void GroupNotSaved(this ILogger logger, string group, TopicPartition partition);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Expired offsets of group {Group} could not be deleted ({Error}); it is tried again")]
    public static partial void OffsetsNotExpired(this ILogger logger, string group, ErrorCode error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Settings of group {Group} could not be changed; the client is told KAFKA_STORAGE_ERROR")]
    public static partial void GroupSettingsNotChanged(this ILogger logger, Exception cause, string group);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Partition}@{Offset} could not be written; the producer is told KAFKA_STORAGE_ERROR")]
    public static partial void AppendRefused(this ILogger logger, Exception cause, TopicPartition partition, long offset);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Partition}@{Offset}: what was appended from here on could not be forced to disk; the partition takes nothing more until a restart")]
    public static partial void FlushFailed(this ILogger logger, Exception cause, TopicPartition partition, long offset);

    [LoggerMessage(Level = LogLevel.Error, Message = "Topic {Topic} could not be created, changed or deleted; the client is told KAFKA_STORAGE_ERROR")]
    public static partial void TopicNotChanged(this ILogger logger, Exception cause, string topic);

    [LoggerMessage(Level = LogLevel.Error, Message = "Producer ids could not be reserved on disk; the producer retries")]
    public static partial void ProducerIdsNotReserved(this ILogger logger, Exception cause);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Partition} now starts at @{Offset}; what was before is deleted")]
    public static partial void LogStartMoved(this ILogger logger, TopicPartition partition, long offset);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Partition} was not closed: checked from @{FromOffset} to its end @{NextOffset}")]
    public static partial void LogRecovered(this ILogger logger, TopicPartition partition, long fromOffset, long nextOffset);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Partition}@{Offset}: {CutBytes} bytes that are no whole record batch were cut off")]
    public static partial void LogTruncated(this ILogger logger, TopicPartition partition, long offset, int cutBytes);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Partition}@{Offset}: the segment follows a damaged one and is dropped")]
    public static partial void SegmentDropped(this ILogger logger, TopicPartition partition, long offset);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Transaction of {TransactionalId} (producer {ProducerId}) took longer than its {TimeoutMs} ms; it is aborted and its producer fenced")]
    public static partial void TransactionTimedOut(this ILogger logger, string transactionalId, long producerId, int timeoutMs);

    [LoggerMessage(Level = LogLevel.Error, Message = "Housekeeping failed; it is tried again at the next interval")]
    public static partial void HousekeepingFailed(this ILogger logger, Exception cause);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Partition} could not be forced to disk up to @{Offset}; a restart after a crash checks more")]
    public static partial void CheckpointFailed(this ILogger logger, Exception cause, TopicPartition partition, long offset);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Partition} is compacted up to @{Offset}: {RecordsBefore} records before, {RecordsAfter} after, {SizeBytes} bytes in all, in {ElapsedMs} ms")]
    public static partial void Compacted(this ILogger logger, TopicPartition partition, long offset, long recordsBefore, long recordsAfter, long sizeBytes, long elapsedMs);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Partition}@{Offset}: the records are damaged on disk; they are not served, and consumers get CORRUPT_MESSAGE there")]
    public static partial void RecordsDamaged(this ILogger logger, TopicPartition partition, long offset);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Partition}@{Offset} cannot be compacted from the segment @{SegmentOffset} on, which is left as it is until a restart: {Reason}")]
    public static partial void CompactionStuck(this ILogger logger, TopicPartition partition, long offset, long segmentOffset, string reason);
}
