namespace Streaming.LakeSink;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Table}: merged {Merged} small files, removed {Removed} that nobody needs any more")]
    public static partial void Maintained(this ILogger logger, string table, int merged, int removed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Table} was not seen to, which is tried again: {Reason}")]
    public static partial void NotMaintained(this ILogger logger, Exception cause, string table, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What dropped generations left was not removed, which is tried again: {Reason}")]
    public static partial void NotSwept(this ILogger logger, Exception cause, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The log of {Table} could not be summed up, which is tried again: {Reason}")]
    public static partial void NotCheckpointed(this ILogger logger, Exception cause, string table, string reason);
}
