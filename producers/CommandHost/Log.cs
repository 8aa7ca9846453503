namespace Streaming.CommandHost;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Clients of {Topic}: {Reason}")]
    public static partial void ResultsTroubled(this ILogger logger, string topic, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A command for {AggregateId} was not confirmed by the cluster")]
    public static partial void CommandUnconfirmed(this ILogger logger, Exception cause, string aggregateId);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Topic}-{Partition}@{Offset}: the event is not indexed and will not be shown: {Why}")]
    public static partial void EventNotIndexed(this ILogger logger, string topic, int partition, long offset, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "All events are indexed: {Events} events of {Aggregates} aggregates")]
    public static partial void EventsIndexed(this ILogger logger, long events, int aggregates);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{AggregateId} of {Context} cannot be read: {Why}")]
    public static partial void AggregateUnreadable(this ILogger logger, Exception cause, string context, string aggregateId, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Orders are not checked: RiskCheck:Url is not set. Every check is answered unavailable, and every order is rejected")]
    public static partial void NobodyChecksRisk(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Risk check {CheckId}: no answer within {WaitedMs} ms")]
    public static partial void RiskCheckGivenUp(this ILogger logger, string checkId, double waitedMs);

    [LoggerMessage(Level = LogLevel.Error, Message = "Risk check {CheckId} cannot be made: {Why}")]
    public static partial void RiskCheckFailed(this ILogger logger, Exception cause, string checkId, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Topic}-{Partition}@{Offset}: not shown among the open fulfilments: {Why}")]
    public static partial void FulfilmentNotShown(this ILogger logger, string topic, int partition, long offset, string why);
}
