using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Streaming.Local.Mail;

/// <summary>Stands for the service that mails customers: it sends nothing, and shows what it was asked to send.</summary>
/// <remarks><c>POST /messages {"customerId", "subject", "text"}</c> takes a message, once per <c>Idempotency-Key</c>; <c>GET /messages</c> lists the newest, in their order.
/// They are kept while it runs.</remarks>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private MailServer(WebApplication app) => _app = app;

    /// <summary>Where messages are posted, such as <c>http://127.0.0.1:7200/messages</c>.</summary>
    public string Url => $"{_app.Urls.First()}/messages";

    public static async Task<MailServer> StartAsync(int port, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var sent = new SentMessages();
        return new(await LoopbackApp.StartAsync(port, Map, loggers, cancellationToken));

        void Map(WebApplication app)
        {
            app.MapPost("/messages", (Message message, HttpContext http) =>
            {
                sent.Add($"{http.Request.Headers["Idempotency-Key"]}", new(message.CustomerId, message.Subject, message.Text, time.GetUtcNow()));
                return Results.StatusCode(StatusCodes.Status202Accepted);
            });
            app.MapGet("/messages", () => sent.All());
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed record Message(string CustomerId, string Subject, string Text);
}
