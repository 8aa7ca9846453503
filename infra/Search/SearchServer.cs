using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Hosting.Http;
using Streaming.Search.Api;
using Streaming.Search.Indices;

namespace Streaming.Search;

/// <summary>
/// A search node in this process, on a port and in a folder of its own: the small part of the Elasticsearch and OpenSearch API that sinks and queries
/// use, over a real index on disk. Any number of them may run in one process.
/// </summary>
/// <remarks>What is acknowledged survives a crash. What is not served is refused, never ignored.</remarks>
public sealed class SearchServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Catalogue _catalogue;

    private SearchServer(WebApplication app, Catalogue catalogue) => (_app, _catalogue) = (app, catalogue);

    /// <summary>Base address for clients, such as <c>http://127.0.0.1:43127</c>.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Opens the indices of its folder, and replays what was written since their last commits; then starts to listen.</summary>
    /// <exception cref="InvalidOperationException">The address can be reached from other machines, or no folder is named.</exception>
    /// <exception cref="IOException">Another node has the folder.</exception>
    public static async Task<SearchServer> StartAsync(
        SearchServerOptions options, ILoggerFactory? loggers = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        loggers ??= NullLoggerFactory.Instance;
        if (BindingRule.FirstViolation([options.Url], apiKey: null) is not null)
            throw new InvalidOperationException($"{options.Url} can be reached from other machines, and the search node asks nobody for a password. Listen on 127.0.0.1.");
        if (options.DataDirectory.Length == 0)
            throw new InvalidOperationException("Set Search:DataDirectory to the folder of the indices.");

        var logger = loggers.CreateLogger<SearchServer>();
        var catalogue = Catalogue.Open(options, time ?? TimeProvider.System, logger);
        var server = new SearchServer(Build(options, catalogue, loggers, logger), catalogue);
        try
        {
            await server._app.StartAsync(cancellationToken);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        server.Url = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        logger.Started(server.Url, catalogue.Indices.Count(), options.DataDirectory);
        return server;
    }

    /// <summary>Finishes the requests in hand, then commits every index.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _catalogue.DisposeAsync();
    }

    /// <summary>Built empty, because a host in the same process owns the environment's configuration (ASPNETCORE_URLS and the like).</summary>
    private static WebApplication Build(SearchServerOptions options, Catalogue catalogue, ILoggerFactory loggers, ILogger logger)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(options.Url)
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = null;   // Counted while it is read, unpacked: an answer says what the limit is.
                kestrel.Limits.MinRequestBodyDataRate = null;
            });
        builder.Services.AddSingleton(loggers);
        var app = builder.Build();
        var exchange = new Exchange(new Router(catalogue), options.RequestBytesMax, logger);
        app.Run(exchange.AnswerAsync);
        return app;
    }
}
