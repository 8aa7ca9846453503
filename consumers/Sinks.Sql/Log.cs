using Microsoft.Extensions.Logging;

namespace Streaming.Sinks.Sql;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Schema {Schema} has now migration {Number} ({Name})")]
    public static partial void Migrated(this ILogger logger, string schema, int number, string name);
}
