namespace Streaming.CommandHost;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Clients of {Topic}: {Reason}")]
    public static partial void ResultsTroubled(this ILogger logger, string topic, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Topic}-{Partition}@{Offset}: the result cannot be read and is skipped: {Why}")]
    public static partial void ResultSkipped(this ILogger logger, string topic, int partition, long offset, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A command for {AggregateId} was not confirmed by the cluster")]
    public static partial void CommandUnconfirmed(this ILogger logger, Exception cause, string aggregateId);
}
