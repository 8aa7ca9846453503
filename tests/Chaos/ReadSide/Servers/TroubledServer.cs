using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Streaming.Chaos.ReadSide.Servers;

/// <summary>Stands before a server of HTTP: as often as it is told, a call is refused, cut off before it has arrived, or done and not answered.</summary>
internal sealed class TroubledServer : IAsyncDisposable
{
    private static readonly string[] NotPassed = ["Transfer-Encoding", "Connection", "Expect"];

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private readonly WebApplication _app;
    private readonly string _url;
    private readonly IReadOnlyList<Func<HttpContext, Task<bool>>> _troubles;
    private readonly Lock _deciding = new();
    private Random _random = new(0);
    private int _troublesLeft;

    private TroubledServer(WebApplication app, string url, IReadOnlyList<Func<HttpContext, Task<bool>>> troubles) => (_app, _url, _troubles) = (app, url, troubles);

    public string Url => _app.Urls.Single();

    /// <summary>Nobody answers any call.</summary>
    public bool IsAway { get; set; }

    /// <param name="troubles">Which ones, beside being cut off; each answers a request, or leaves it alone and returns false.</param>
    public static async Task<TroubledServer> StartAsync(string url, params IReadOnlyList<Func<HttpContext, Task<bool>>> troubles)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var server = new TroubledServer(builder.Build(), url, troubles);
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Of the next calls every other one is in trouble, so often.</summary>
    public void Trouble(int seed, int count)
    {
        lock (_deciding)
            (_random, _troublesLeft) = (new(seed), count);
    }

    /// <summary>From now on every call is passed on.</summary>
    public void Calm()
    {
        IsAway = false;
        Trouble(seed: 0, count: 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var trouble = Next();
        if (IsAway || trouble == Cut.Before)
        {
            context.Abort();
            return;
        }

        if (trouble is { } index && index >= 0 && await _troubles[index](context))
            return;
        using var request = Copy(context.Request, body.ToArray());
        try
        {
            using var answer = await _http.SendAsync(request);   // What is passed on is done, whether or not its caller lives to hear of it.
            var content = await answer.Content.ReadAsByteArrayAsync();
            if (trouble == Cut.After)
                context.Abort();   // Done, and nobody knows.
            else
                await PassAsync(answer, content, context.Response);
        }
        catch (Exception away) when (away is HttpRequestException or IOException)
        {
            context.Abort();
        }
    }

    private HttpRequestMessage Copy(HttpRequest from, byte[] body)
    {
        var request = new HttpRequestMessage(new HttpMethod(from.Method), _url + from.Path.ToUriComponent() + from.QueryString.ToUriComponent());
        if (body.Length > 0 || from.Method is "PUT" or "POST")
            request.Content = new ByteArrayContent(body);
        foreach (var (name, value) in from.Headers.Where(header => !NotPassed.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)value))
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)value);
        }

        return request;
    }

    private static async Task PassAsync(HttpResponseMessage answer, byte[] content, HttpResponse to)
    {
        to.StatusCode = (int)answer.StatusCode;
        foreach (var (name, value) in answer.Headers.Concat(answer.Content.Headers).Where(header => !NotPassed.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
            to.Headers[name] = value.ToArray();
        if (content.Length > 0)
            await to.Body.WriteAsync(content);
    }

    private int? Next()
    {
        lock (_deciding)
        {
            if (_troublesLeft == 0 || _random.Next(2) == 0)
                return null;
            _troublesLeft--;
            return _random.Next(Cut.Before, _troubles.Count);
        }
    }

    /// <summary>What any server may do; numbers below those of the troubles.</summary>
    private static class Cut
    {
        public const int Before = -2;
        public const int After = -1;
    }
}
