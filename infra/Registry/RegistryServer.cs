using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Hosting.Http;
using Streaming.Registry.Api;
using Streaming.Registry.Store;

namespace Streaming.Registry;

/// <summary>
/// A schema registry with the Confluent API in this process, on a port of its own, over a compacted topic of the broker it is given. Any number of
/// them may run in one process, each on its own topic.
/// </summary>
/// <remarks>Serves Avro. Source: Confluent Schema Registry API reference, version 8.2.</remarks>
public sealed class RegistryServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SchemaTopic _topic;

    private RegistryServer(WebApplication app, SchemaTopic topic) => (_app, _topic) = (app, topic);

    /// <summary>Base address for clients, such as <c>http://127.0.0.1:43127</c>.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Reads all schemas of the topic, then starts to listen. Waits for the broker until <paramref name="cancellationToken"/>.</summary>
    /// <exception cref="InvalidOperationException">The address can be reached from other machines and no password is set.</exception>
    public static async Task<RegistryServer> StartAsync(
        RegistryServerOptions options, ILoggerFactory? loggers = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        loggers ??= NullLoggerFactory.Instance;
        if (options.Password.Length == 0 && BindingRule.FirstViolation([options.Url], apiKey: null) is not null)
            throw new InvalidOperationException($"{options.Url} can be reached from other machines. Set Registry:UserName and Registry:Password, or listen on 127.0.0.1.");

        if (options.Url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) != options.CertificateFile.Length > 0)
            throw new InvalidOperationException($"{options.Url} and the certificate '{options.CertificateFile}' do not go together. Give both, https and Registry:CertificateFile, or neither.");

        var topic = await SchemaTopic.OpenAsync(options, time ?? TimeProvider.System, loggers, cancellationToken);
        var server = new RegistryServer(Build(options, topic, loggers), topic);
        try
        {
            await server._app.StartAsync(cancellationToken);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
        var addresses = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        server.Url = addresses.Addresses.Single();
        loggers.CreateLogger<RegistryServer>().Started(server.Url, options.Topic, topic.State.Subjects.Count, topic.State.LastId);
        return server;
    }

    /// <summary>Finishes the requests in hand, then leaves the topic. No schema is lost: each was stored before it was answered.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _topic.DisposeAsync();
    }

    /// <summary>Built empty, because a host in the same process owns the environment's configuration (ASPNETCORE_URLS and the like).</summary>
    private static WebApplication Build(RegistryServerOptions options, SchemaTopic topic, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().UseUrls(options.Url)
            .ConfigureKestrel(kestrel =>
            {
                if (options.CertificateFile.Length > 0)
                    kestrel.ConfigureHttpsDefaults(https => ServerCertificate.Use(https, options));
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = options.RequestBytesMax;
            });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(loggers);

        var app = builder.Build();
        var logger = loggers.CreateLogger<RegistryServer>();
        app.Use((context, next) => new ErrorAnswers(logger).InvokeAsync(context, next));
        var authentication = new BasicAuthentication(options);
        app.Use((context, next) => authentication.InvokeAsync(context, next));
        app.UseRouting();
        app.Use((context, next) => context.Request.Method == HttpMethods.Get ? topic.ReadAsync(_ => next(context)) : next(context));
        app.MapMethods("/", [HttpMethods.Get, HttpMethods.Post], () => Exchange.Answer(new EmptyAnswer(), RelaxedJson.Api.EmptyAnswer));
        new SubjectsApi(topic, logger).Map(app);
        new SchemasApi(topic).Map(app);
        new CompatibilityApi(topic).Map(app);
        new SettingsApi(topic).Map(app);
        new MetadataApi(options).Map(app);
        return app;
    }
}
