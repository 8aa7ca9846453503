using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Cli.Tests.Running;
using Streaming.Contracts.Topics;
using Streaming.Hosting;
using Streaming.Sinks;

namespace Streaming.Cli.Tests.Sinks;

/// <summary>A pipeline with a sink in memory.</summary>
public sealed class SinkStack : IAsyncLifetime
{
    private WebApplication? _app;

    public Stack Stack { get; } = new();

    internal MemorySink Sink { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Stack.InitializeAsync();
        await StartAsync();
    }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateBuilder(
        [
            "--urls=http://127.0.0.1:0", $"--Kafka:BootstrapServers={Stack.BootstrapServers}", $"--SchemaRegistry:Url={Stack.RegistryUrl}",
            $"--Topics:Prefix={Stack.Prefix}", "--Sinks:ReportIntervalMs=100", "--Sinks:ControlPollMs=20", "--Logging:LogLevel:Default=Error",
        ]);
        builder.AddStreamingHost();
        builder.Services.AddSink<MemorySink>(TopicCatalogue.Inventory);
        builder.Services.AddSingleton<ISink>(Sink);   // The same one after each start: it is the destination, too.
        _app = builder.Build();
        _app.UseStreamingHost();
        await _app.StartAsync();
    }

    public async Task StopAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await StopAsync();
        await Stack.DisposeAsync();
    }
}
