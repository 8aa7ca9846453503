using Microsoft.Extensions.Logging;

namespace Streaming.Client;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Clients of {Topic}: {Reason}")]
    public static partial void ClientTroubled(this ILogger logger, string topic, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Topic}-{Partition}@{Offset}: the result cannot be read and is skipped: {Why}")]
    public static partial void ResultSkipped(this ILogger logger, string topic, int partition, long offset, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A result of {Topic} cannot be read, and nobody is told of it: {Why}")]
    public static partial void ResultUnreadable(this ILogger logger, string topic, string why);
}
