using Microsoft.Extensions.Logging;

namespace Streaming.Registry;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Schema registry listens on {Url}; {Topic} holds {Subjects} subjects, highest id {LastId}")]
    public static partial void Started(this ILogger logger, string url, string topic, int subjects, int lastId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Schema registry: {Subject} version {Version} registered as id {Id}")]
    public static partial void Registered(this ILogger logger, string subject, int version, int id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Position} is ignored: {Why}")]
    public static partial void RecordIgnored(this ILogger logger, string position, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Topic}-0@{Offset} cannot be read; the registry answers reads from what it knows and refuses writes")]
    public static partial void ReaderFailed(this ILogger logger, Exception cause, string topic, long offset);

    [LoggerMessage(Level = LogLevel.Error, Message = "Schema registry: {Method} {Path} failed")]
    public static partial void RequestFailed(this ILogger logger, Exception cause, string method, string path);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Schema registry's Kafka client: {Line}")]
    public static partial void Client(this ILogger logger, string line);
}
