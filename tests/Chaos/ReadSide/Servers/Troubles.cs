using Microsoft.AspNetCore.Http;

namespace Streaming.Chaos.ReadSide.Servers;

/// <summary>What servers answer when they are too busy.</summary>
internal static class Troubles
{
    public static readonly IReadOnlyList<Func<HttpContext, Task<bool>>> OfSearch =
    [
        context => SayAsync(context, 429, "text/plain", "Too busy."),
        context => SayAsync(context, 503, "text/plain", "Too busy."),
        SomeDocumentsAsync,
    ];

    public static readonly IReadOnlyList<Func<HttpContext, Task<bool>>> OfS3 =
    [
        context => SayAsync(context, 503, "application/xml", "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"),
        context => SayAsync(context, 500, "application/xml", "<Error><Code>InternalError</Code><Message>We encountered an internal error. Please try again.</Message></Error>"),
    ];

    private static async Task<bool> SayAsync(HttpContext context, int status, string type, string text)
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, type);
        await context.Response.WriteAsync(text);
        return true;
    }

    private static async Task<bool> SomeDocumentsAsync(HttpContext context) => context.Request.Path == "/_bulk" && await SayAsync(context, 200, "application/json", """
        {"took":1,"errors":true,"items":[{"index":{"_index":"i","_id":"1","status":429,"error":{"type":"es_rejected_execution_exception","reason":"the queue is full"}}}]}
        """);
}
