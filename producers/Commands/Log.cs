using Microsoft.Extensions.Logging;

namespace Streaming.Commands;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Topic}-{Partition}@{Offset}: the command is skipped and nobody is answered: {Why}")]
    public static partial void CommandSkipped(this ILogger logger, string topic, int partition, long offset, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Topic}-{Partition} is ours: restoring")]
    public static partial void PartitionAssigned(this ILogger logger, string topic, int partition);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "{Topic}-{Partition} restored in {ElapsedMs} ms: {Aggregates} aggregates by {Snapshots} snapshots and {Events} events, {Results} results; "
            + "deciding from offset {Offset}")]
    public static partial void PartitionRestored(
        this ILogger logger, string topic, int partition, long elapsedMs, int aggregates, long snapshots, long events, int results, long offset);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "{Topic}-{Partition}: {Ignored} snapshots cannot be used, and the whole log is folded instead. The first of them, {Key}: {Why}")]
    public static partial void SnapshotsIgnored(this ILogger logger, string topic, int partition, long ignored, string key, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Topic}-{Partition}: no whole round of snapshots; folding the log from its start")]
    public static partial void NoCheckpoint(this ILogger logger, string topic, int partition);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Topic}-{Partition} is given up: {Why}")]
    public static partial void PartitionReleased(this ILogger logger, string topic, int partition, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Topic}-{Partition}: another processor took over; waiting for the group before trying again")]
    public static partial void PartitionFenced(this ILogger logger, Exception cause, string topic, int partition);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Topic}-{Partition} decides nothing: {Reason} Restoring again in {DelayMs} ms")]
    public static partial void PartitionFailed(this ILogger logger, Exception cause, string topic, int partition, string reason, long delayMs);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Topic}-{Partition}: transaction of {Commands} commands from offset {Offset} aborted; deciding them again")]
    public static partial void TransactionAborted(this ILogger logger, Exception cause, string topic, int partition, int commands, long offset);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Topic}-{Partition}@{Offset}: waiting for the schema registry, which cannot be asked")]
    public static partial void RegistryAwaited(this ILogger logger, Exception cause, string topic, int partition, long offset);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Schemas of {Context} are not registered yet: the registry cannot be asked")]
    public static partial void RegistrationAwaited(this ILogger logger, Exception cause, string context);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Subject} does not get the compatibility level {Level}; have the registry's owner set it")]
    public static partial void CompatibilityNotSet(this ILogger logger, Exception cause, string subject, string level);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Topic}-{Partition}: Kafka does not answer {Request}; asking again")]
    public static partial void KafkaAwaited(this ILogger logger, Exception cause, string topic, int partition, string request);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Writer}: Kafka does not answer {Request}; asking again")]
    public static partial void TransactionAwaited(this ILogger logger, Exception cause, string writer, string request);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Topic}-{Partition}: {Timers} due timers could not be written; trying again")]
    public static partial void TimersAborted(this ILogger logger, Exception cause, string topic, int partition, int timers);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Consumer of {Topic}: {Reason}")]
    public static partial void ConsumerTroubled(this ILogger logger, string topic, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Deciding {Context} as a member of group {Group}")]
    public static partial void ProcessorStarted(this ILogger logger, string context, string group);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopped deciding {Context}")]
    public static partial void ProcessorStopped(this ILogger logger, string context);

    [LoggerMessage(Level = LogLevel.Information, Message = "Routing to {Context} as a member of group {Group}")]
    public static partial void RouterStarted(this ILogger logger, string context, string group);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Group}: {Partitions} more partitions are ours; what others had left open in them was ended in {ElapsedMs} ms")]
    public static partial void RouterTookOver(this ILogger logger, string group, int partitions, long elapsedMs);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopped routing to {Context}")]
    public static partial void RouterStopped(this ILogger logger, string context);

    [LoggerMessage(Level = LogLevel.Error, Message = "Nothing is routed to {Context}; trying again")]
    public static partial void RouterFailed(this ILogger logger, Exception cause, string context);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Topic}-{Partition}@{Offset} cannot be routed, and nothing behind it is: {Why}")]
    public static partial void RecordNotRouted(this ILogger logger, Exception cause, string topic, int partition, long offset, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Group}: transaction of {Records} records aborted; routing them again")]
    public static partial void RoutingAborted(this ILogger logger, Exception cause, string group, int records);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "{Context} {AggregateId} has {Events} events. Deciding is as fast as ever, restoring and reading its history take longer: consider several aggregates")]
    public static partial void StreamIsLong(this ILogger logger, string context, string aggregateId, long events);
}
