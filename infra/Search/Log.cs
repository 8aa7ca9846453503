using Microsoft.Extensions.Logging;

namespace Streaming.Search;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Search node listens on {Url}; {Indices} indices in {Folder}")]
    public static partial void Started(this ILogger logger, string url, int indices, string folder);

    [LoggerMessage(Level = LogLevel.Error, Message = "Search index {Index} takes no more writes")]
    public static partial void UpkeepFailed(this ILogger logger, Exception cause, string index);

    [LoggerMessage(Level = LogLevel.Error, Message = "Search index in {Folder} is not opened: {Reason}")]
    public static partial void IndexNotOpened(this ILogger logger, Exception cause, string folder, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Search node: {Method} {Path} failed")]
    public static partial void RequestFailed(this ILogger logger, Exception cause, string method, string path);
}
