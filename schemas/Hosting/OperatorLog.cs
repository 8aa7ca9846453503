using Microsoft.Extensions.Logging;

namespace Streaming.Hosting;

/// <summary>The log as an operator reads it: a line per event, UTC, and only what somebody acts on.</summary>
public static class OperatorLog
{
    public static ILoggingBuilder AddOperatorLog(this ILoggingBuilder logging) => logging
        // A line per request says nothing to an operator; a failed check is told to who asks, and logged where it happens.
        .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
        .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None)
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
        });
}
