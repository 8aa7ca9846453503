using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Client.Tests.Parcels;
using Streaming.Commands;
using Streaming.Hosting.Kafka;

namespace Streaming.Client.Tests.Running;

/// <summary>A host that decides parcels, as somebody else's would.</summary>
internal sealed class ParcelHost : IAsyncDisposable
{
    private readonly IHost _host;

    private ParcelHost(IHost host) => _host = host;

    public static async Task<ParcelHost> StartAsync(string bootstrapServers, string registryUrl, string prefix)
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
        builder.Services.AddCommandProcessor(ParcelContext.Definition);
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
