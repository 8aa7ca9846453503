using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Streaming.Commands.Tests.Running;
using Streaming.Serdes.Registry;

namespace Streaming.CommandHost.Tests.Running;

/// <summary>The host on a free port, with topics of its own and a client.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningHost(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Client { get; }

    public static Task<RunningHost> StartAsync(
        KafkaFixture kafka, string? prefix = null, MemoryRegistry? registry = null, params (string Key, string Value)[] settings) =>
        StartAsync(kafka, builder => builder.AddCommandHost(), prefix, registry, settings);

    /// <param name="add">Adds the contexts that the host is to have.</param>
    public static async Task<RunningHost> StartAsync(
        KafkaFixture kafka, Action<WebApplicationBuilder> add, string? prefix = null, MemoryRegistry? registry = null,
        params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kafka:BootstrapServers"] = kafka.BootstrapServers,
            ["Topics:Prefix"] = prefix ?? SomeNames.Prefix(),
            ["SchemaRegistry:Url"] = "http://unused",
            ["urls"] = "http://127.0.0.1:0",
            ["Commands:Roles:Fulfilment"] = "false",     // Orders stay as a test leaves them, unless it asks for more.
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        add(builder);
        builder.Services.Replace(ServiceDescriptor.Singleton<ISchemaRegistry>(registry ?? new MemoryRegistry()));
        var app = builder.Build();
        app.UseCommandHost();
        await app.StartAsync();
        return new(app);
    }

    public async Task<RunningHost> ReadyAsync()
    {
        await Eventually.Async(
            async () => (await Client.GetAsync("/health/ready")).IsSuccessStatusCode, TimeSpan.FromSeconds(60), "host ready");
        return this;
    }

    public async Task<Answer> PostAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Answer.ReadAsync(await Client.SendAsync(request));
    }

    public async Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Answer.ReadAsync(await Client.SendAsync(request));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
