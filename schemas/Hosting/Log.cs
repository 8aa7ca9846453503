using Microsoft.Extensions.Logging;

namespace Streaming.Hosting;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "No answer from Kafka at {BootstrapServers}; trying on. Is it running, and is Kafka:BootstrapServers right?")]
    public static partial void ClusterUnreachable(this ILogger logger, Exception cause, string bootstrapServers);

    [LoggerMessage(Level = LogLevel.Information, Message = "Topic {Topic} created")]
    public static partial void TopicCreated(this ILogger logger, string topic);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Violation} The host stops.")]
    public static partial void BindingRefused(this ILogger logger, string violation);
}
