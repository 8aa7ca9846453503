using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Broker.Api;
using Streaming.Broker.Server;
using Streaming.Broker.Topics;

namespace Streaming.Broker;

/// <summary>A durable single-node broker that speaks the Kafka protocol on TCP, inside this process.</summary>
public sealed class EmbeddedBroker : IAsyncDisposable
{
    private readonly BrokerServer _server;
    private readonly ILogger _logger;

    private EmbeddedBroker(BrokerServer server, ClusterNode node, ILogger logger)
    {
        _server = server;
        _logger = logger;
        ClusterId = node.ClusterId;
        BootstrapServers = $"{node.Host}:{node.Port}";
    }

    /// <summary>What a client's <c>bootstrap.servers</c> takes: host and port.</summary>
    public string BootstrapServers { get; }

    /// <summary>Made up on the first start, and kept with the data.</summary>
    public string ClusterId { get; }

    /// <summary>Opens the data, recovers it where the last stop was no clean one, and listens.</summary>
    public static Task<EmbeddedBroker> StartAsync(
        BrokerOptions options, ILoggerFactory? loggers = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        var logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger("Streaming.Broker");
        Directory.CreateDirectory(options.DataDirectory);

        var apis = new ApiTable();
        var server = new BrokerServer(apis, options, logger);
        var endpoint = server.Bind(IPAddress.Parse(options.ListenHost), options.Port);
        var node = new ClusterNode(ClusterIdentity.Open(options.DataDirectory), options.NodeId, AdvertisedHost(options), endpoint.Port);
        apis.Add(new ApiVersions(apis));
        server.Start();

        var broker = new EmbeddedBroker(server, node, logger);
        logger.Started(node.ClusterId, broker.BootstrapServers, options.DataDirectory);
        return Task.FromResult(broker);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _logger.Stopped();
    }

    private static string AdvertisedHost(BrokerOptions options) =>
        options.AdvertisedHost.Length > 0 ? options.AdvertisedHost : options.ListenHost;
}
