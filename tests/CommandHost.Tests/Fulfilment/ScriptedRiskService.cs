using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Streaming.CommandHost.Tests.Fulfilment;

/// <summary>An external risk service that answers as a test wants, and remembers what it was asked.</summary>
internal sealed class ScriptedRiskService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedRiskService(WebApplication app) => _app = app;

    public string Url => $"{_app.Urls.First()}/checks";

    /// <summary>The bodies it got, in order.</summary>
    public ConcurrentQueue<JsonElement> Asked { get; } = new();

    /// <summary>By the count of calls so far, from 1: what to answer. The request's body is <see cref="BodyOf"/>.</summary>
    public Func<int, HttpContext, Task<IResult>> Answer { get; set; } = (_, _) => Task.FromResult(Says("approved"));

    public static async Task<ScriptedRiskService> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var service = new ScriptedRiskService(app);
        app.MapPost("/checks", service.HandleAsync);
        await app.StartAsync();
        return service;
    }

    public static JsonElement BodyOf(HttpContext http) => (JsonElement)http.Items[nameof(BodyOf)]!;

    public static IResult Says(string verdict, string? reason = null) => Results.Json(new { verdict, reason });

    public static async Task<IResult> NeverAsync(HttpContext http)
    {
        var never = new TaskCompletionSource();
        await using var ended = http.RequestAborted.Register(() => never.TrySetResult());
        await never.Task;
        return Results.Empty;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task<IResult> HandleAsync(JsonElement body, HttpContext http)
    {
        Asked.Enqueue(body.Clone());
        http.Items[nameof(BodyOf)] = body.Clone();
        return await Answer(Asked.Count, http);
    }
}
