using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Cli.Tests.Running;
using Streaming.Contracts.Topics;
using Streaming.Hosting;
using Streaming.Sinks;
using Streaming.Sinks.Generations;

namespace Streaming.Cli.Tests.Sinks;

/// <summary>A pipeline with a sink in memory.</summary>
public sealed class SinkStack : IAsyncLifetime
{
    private readonly MemorySink _first;
    private WebApplication? _app;

    public SinkStack() => _first = Generations[1];

    public Stack Stack { get; } = new();

    internal MemoryGenerations Generations { get; } = new();

    internal MemorySink Sink => Generations[1];

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
            $"--Topics:Prefix={Stack.Prefix}", "--Sinks:ReportIntervalMs=100", "--Sinks:ControlPollMs=20", "--Sinks:BatchEventsMax=1", "--Logging:LogLevel:Default=Error",
        ]);
        builder.AddStreamingHost();
        builder.Services.AddSink<MemorySink>(TopicCatalogue.Inventory);
        builder.Services.AddSingleton<ISinkGenerations>(Generations);
        builder.Services.AddSingleton<ISink>(_first);   // The same one after each start: it is the destination, too.
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
