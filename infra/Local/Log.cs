using Microsoft.Extensions.Logging;

namespace Streaming.Local;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Ready: Kafka {Bootstrap}, schema registry {Registry}, search {Search}, PostgreSQL port {DatabasePort}")]
    public static partial void Ready(this ILogger logger, string bootstrap, string registry, string search, int databasePort);

    [LoggerMessage(Level = LogLevel.Critical, Message = "PostgreSQL ended, and so does this process. Its log: {LogFile}")]
    public static partial void DatabaseEnded(this ILogger logger, string logFile);
}
