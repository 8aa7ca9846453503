using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Hosting.Kafka;

namespace Streaming.Client.Tests.Running;

/// <summary>A host that decides commands and does nothing else.</summary>
internal sealed class ProcessorHost : IAsyncDisposable
{
    private readonly IHost _host;

    private ProcessorHost(IHost host) => _host = host;

    public static async Task<ProcessorHost> StartAsync(string bootstrapServers, string registryUrl, string prefix, Action<IServiceCollection> add)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kafka:BootstrapServers"] = bootstrapServers,
            ["Topics:Prefix"] = prefix,
            ["SchemaRegistry:Url"] = registryUrl,
        });
        builder.Services.AddOptions<KafkaOptions>().BindConfiguration(KafkaOptions.Section);
        builder.Services.AddOptions<TopicsOptions>().BindConfiguration(TopicsOptions.Section);
        builder.Services.AddSingleton<TopicProvisioner>();
        add(builder.Services);
        builder.Logging.SetMinimumLevel(LogLevel.Error).AddSimpleConsole(console => console.SingleLine = true);
        var host = builder.Build();
        await host.StartAsync();
        return new(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
