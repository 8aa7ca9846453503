using Microsoft.Extensions.Options;
using Streaming.Hosting.Kafka;
using Streaming.Serdes.Registry;

namespace Streaming.CommandHost.Sending;

/// <summary>The client that all contexts' commands are sent by, set as the host is.</summary>
internal static class ApiClient
{
    public static CommandClient Create(IServiceProvider provider)
    {
        var (kafka, api) = (provider.GetRequiredService<IOptions<KafkaOptions>>().Value, provider.GetRequiredService<IOptions<CommandApiOptions>>().Value);
        var options = new CommandClientOptions
        {
            BootstrapServers = kafka.BootstrapServers,
            Kafka = kafka.Client,
            TopicPrefix = provider.GetRequiredService<IOptions<TopicsOptions>>().Value.Prefix,
            Source = "/streaming/command-api",
            ResultsMax = api.ResultsMax,
            ResultsReadBack = api.ResultsReadBack,
        };
        return new(options, provider.GetRequiredService<ISchemaRegistry>(), provider.GetRequiredService<ILoggerFactory>(), provider.GetRequiredService<TimeProvider>());
    }
}
