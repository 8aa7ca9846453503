using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Streaming.ElasticSink.Tests.Support;

/// <summary>Stands before a search server that is busy, away, or cut off: as often as it is told, what writes is not answered as it should be.</summary>
internal sealed class BusyServer : IAsyncDisposable
{
    private static readonly string[] Passed = ["Content-Type", "Content-Encoding"];

    private readonly HttpClient _http = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All });
    private readonly WebApplication _app;
    private readonly Random _random;
    private int _troublesLeft;

    private BusyServer(WebApplication app, int seed, int troubleCount) => (_app, _random, _troublesLeft) = (app, new Random(seed), troubleCount);

    public string Url => _app.Urls.Single();

    /// <summary>How often each trouble was made, by its name.</summary>
    public Dictionary<string, int> Troubles { get; } = [];

    /// <summary>Every bulk request so far was packed.</summary>
    public bool IsPacked { get; private set; } = true;

    public static async Task<BusyServer> StartAsync(string url, int seed, int troubleCount)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var server = new BusyServer(builder.Build(), seed, troubleCount);
        server._app.Run(context => server.AnswerAsync(context, url));
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task AnswerAsync(HttpContext context, string url)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var isBulk = context.Request.Path == "/_bulk";
        IsPacked &= !isBulk || context.Request.Headers.ContentEncoding == "gzip";
        var trouble = isBulk || context.Request.Method == "PUT" ? Next() : "none";
        switch (trouble)
        {
            case "429" or "503":
                context.Response.StatusCode = int.Parse(trouble);
                await context.Response.WriteAsync("Too busy.");
                return;
            case "429 for some documents" when isBulk:
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync("""{"took":1,"errors":true,"items":[{"index":{"_index":"i","_id":"1","status":429,"error":{"type":"es_rejected_execution_exception","reason":"the queue is full"}}}]}""");
                return;
            case "cut off before":
                context.Abort();
                return;
        }

        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), url + context.Request.Path + context.Request.QueryString);
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body.ToArray());
            foreach (var name in Passed.Where(context.Request.Headers.ContainsKey))
                request.Content.Headers.TryAddWithoutValidation(name, (string?)context.Request.Headers[name]);
        }

        using var response = await _http.SendAsync(request);
        var answer = await response.Content.ReadAsByteArrayAsync();
        if (trouble == "cut off after")
        {
            context.Abort();   // Written, and nobody knows.
            return;
        }

        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        await context.Response.Body.WriteAsync(answer);
    }

    private string Next()
    {
        lock (_random)
        {
            if (_troublesLeft == 0 || _random.Next(2) == 0)
                return "none";
            _troublesLeft--;
            var trouble = new[] { "429", "503", "429 for some documents", "cut off before", "cut off after" }[_random.Next(5)];
            Troubles[trouble] = Troubles.GetValueOrDefault(trouble) + 1;
            return trouble;
        }
    }
}
