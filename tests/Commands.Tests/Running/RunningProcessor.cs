using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Hosting.Kafka;
using Streaming.Serdes.Registry;

namespace Streaming.Commands.Tests.Running;

/// <summary>A host that decides an installation's commands, as the real one does.</summary>
internal sealed class RunningProcessor : IAsyncDisposable
{
    private readonly IHost _host;

    private RunningProcessor(IHost host) => _host = host;

    public static RunningProcessor Start(
        Installation installation, Action<CommandProcessorOptions>? configure, Action<IServiceCollection> add, TimeProvider? time = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kafka:BootstrapServers"] = installation.Kafka.BootstrapServers,
            ["Topics:Prefix"] = installation.Prefix,
            ["SchemaRegistry:Url"] = "http://unused",
        });
        builder.Services.AddOptions<KafkaOptions>().BindConfiguration(KafkaOptions.Section);
        builder.Services.AddOptions<TopicsOptions>().BindConfiguration(TopicsOptions.Section);
        builder.Services.AddSingleton<ISchemaRegistry>(installation.Registry);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddSingleton<TopicProvisioner>();
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None).AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.AddSingleton(installation.Format);
        add(builder.Services);
        builder.Services.Configure<CommandProcessorOptions>(options => configure?.Invoke(options));
        var host = builder.Build();
        // Started in the background: the host's own start does not wait for Kafka either.
        _ = host.StartAsync();
        return new(host);
    }

    public async Task<RunningProcessor> ReadyAsync()
    {
        await Eventually.Async(async () => await TroubleAsync() is null, TimeSpan.FromSeconds(60), "processor ready");
        return this;
    }

    /// <summary>What health says is wrong; null when all is well.</summary>
    public async Task<string?> TroubleAsync()
    {
        var report = await _host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        return report.Status == HealthStatus.Healthy ? null : string.Join("; ", report.Entries.Values.Select(entry => entry.Description));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
