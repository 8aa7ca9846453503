using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Streaming.Notifications.Tests.Support;

/// <summary>An external system: takes every call down, and answers as a test says.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Receiver(WebApplication app) => _app = app;

    /// <summary>Every call that came in: path, Idempotency-Key, body.</summary>
    public ConcurrentQueue<(string Path, string Key, string Body)> Calls { get; } = new();

    /// <summary>What is done with a call after it was taken down.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public Uri Url => new(_app.Urls.Single());

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.Run(async http =>
        {
            using var body = new StreamReader(http.Request.Body);
            receiver.Calls.Enqueue((http.Request.Path + http.Request.QueryString, $"{http.Request.Headers["Idempotency-Key"]}", await body.ReadToEndAsync()));
            await receiver.Answer(http);
        });
        await app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        try
        {
            await _app.StopAsync(now.Token);
        }
        catch (OperationCanceledException)
        {
            // A call that is never answered is cut off.
        }

        await _app.DisposeAsync();
    }
}
