using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Broker.Api;
using Streaming.Broker.Fetching;
using Streaming.Broker.Groups;
using Streaming.Broker.Groups.Api;
using Streaming.Broker.Groups.Settings;
using Streaming.Broker.Log.Compaction;
using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;

namespace Streaming.Broker;

/// <summary>A durable single-node broker that speaks the Kafka protocol on TCP, inside this process.</summary>
public sealed class EmbeddedBroker : IAsyncDisposable
{
    private readonly DataLock _dataLock;
    private readonly BrokerServer _server;
    private readonly TopicTable _topics;
    private readonly GroupTable _groups;
    private readonly Compactor _compactor;
    private readonly Housekeeping _housekeeping;
    private readonly ILogger _logger;

    private EmbeddedBroker(
        DataLock dataLock, BrokerServer server, ClusterNode node, TopicTable topics, GroupTable groups,
        Compactor compactor, Housekeeping housekeeping, ILogger logger)
    {
        (_dataLock, _server, _topics, _groups, _compactor, _housekeeping, _logger) = (dataLock, server, topics, groups, compactor, housekeeping, logger);
        ClusterId = node.ClusterId;
        BootstrapServers = $"{node.Host}:{node.Port}";
    }

    /// <summary>What a client's <c>bootstrap.servers</c> takes: host and port.</summary>
    public string BootstrapServers { get; }

    /// <summary>Made up on the first start, and kept with the data.</summary>
    public string ClusterId { get; }

    /// <summary>Opens the data, recovers it where the last stop was no clean one, and listens.</summary>
    /// <exception cref="ValidationException">An option is missing or out of its range; the message says which.</exception>
    /// <exception cref="IOException">Another broker uses the data folder.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The port is taken.</exception>
    public static async Task<EmbeddedBroker> StartAsync(
        BrokerOptions options, ILoggerFactory? loggers = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        Validate(options);
        var logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger("Streaming.Broker");
        time ??= TimeProvider.System;
        var dataLock = DataLock.Take(options.DataDirectory);
        var apis = new ApiTable();
        var server = new BrokerServer(apis, options, logger);
        try
        {
            var endpoint = server.Bind(await ResolveAsync(options.ListenHost, cancellationToken), options.Port);
            var node = new ClusterNode(ClusterIdentity.Open(options.DataDirectory), options.NodeId, AdvertisedHost(options), endpoint.Port);
            var topics = TopicTable.Open(options, time, logger);
            var groupSettings = GroupSettingsTable.Open(options.DataDirectory, options.Groups, logger);
            var (groups, transactions) = await OpenCoordinatorsAsync(topics, groupSettings, options, time, logger, cancellationToken);
            AddApis(apis, node, topics, groups, groupSettings, transactions, options, time);
            server.Start();

            var compactor = new Compactor(topics, options.Compaction, time, logger);
            var housekeeping = new Housekeeping(topics, transactions, compactor, options, time, logger);
            var broker = new EmbeddedBroker(dataLock, server, node, topics, groups, compactor, housekeeping, logger);
            logger.Started(node.ClusterId, broker.BootstrapServers, options.DataDirectory);
            return broker;
        }
        catch
        {
            await server.DisposeAsync();
            dataLock.Dispose();
            throw;
        }
    }

    /// <summary>Compacts now what is due, instead of at the next interval.</summary>
    public Task CompactAsync(CancellationToken cancellationToken = default) => _compactor.RunAsync(cancellationToken);

    /// <summary>Ends all connections, then closes the logs, so that the next start need not check them.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _housekeeping.DisposeAsync();
        _groups.Dispose();
        await _topics.DisposeAsync();
        _dataLock.Dispose();
        _logger.Stopped();
    }

    private static async Task<(GroupTable Groups, TransactionCoordinator Transactions)> OpenCoordinatorsAsync(
        TopicTable topics, GroupSettingsTable groupSettings, BrokerOptions options, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var offsets = await topics.OpenInternalAsync(InternalTopics.ConsumerOffsets, options.Groups.OffsetsTopicPartitions, cancellationToken);
        var states = await topics.OpenInternalAsync(InternalTopics.TransactionState, partitions: 1, cancellationToken);
        var groups = new GroupTable([.. offsets.Select(log => new LogJournal(log, time))], options.Groups, topics, time, logger, groupSettings.TimingOf);
        var transactions = new TransactionCoordinator(
            new LogJournal(states[0], time), ProducerIds.Open(options.DataDirectory, logger), topics, options, time, logger);
        transactions.Start(groups);
        return (groups, transactions);
    }

    private static void AddApis(
        ApiTable apis, ClusterNode node, TopicTable topics, GroupTable groups, GroupSettingsTable groupSettings, TransactionCoordinator transactions, BrokerOptions options, TimeProvider time)
    {
        var alteration = new SettingsAlteration(topics, groupSettings);
        apis
            .Add(
                new ApiVersions(apis), new SaslHandshake(), new SaslAuthenticate(), new Metadata(topics, node, options), new DescribeCluster(node),
                new Produce(topics, transactions), new Fetch(topics, new FetchSessions(options, time), options, time), new ListOffsets(topics),
                new CreateTopics(topics, options), new DeleteTopics(topics), new CreatePartitions(topics), new DeleteRecords(topics),
                new DescribeTopicPartitions(topics, options), new OffsetForLeaderEpoch(topics), new DescribeLogDirs(topics, options),
                new DescribeConfigs(topics, groupSettings, options), new AlterConfigs(alteration), new IncrementalAlterConfigs(alteration),
                new ListConfigResources(topics, groupSettings, options),
                new DescribeProducers(topics), new DescribeTransactions(transactions), new ListTransactions(transactions, time),
                new InitProducerId(transactions), new AddPartitionsToTxn(transactions, topics), new AddOffsetsToTxn(transactions, groups), new EndTxn(transactions))
            .AddGroups(groups, node, options.Groups, time, transactions, topics);
    }

    private static void Validate(BrokerOptions options)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        Validator.ValidateObject(options.Security, new ValidationContext(options.Security), validateAllProperties: true);
        Validator.ValidateObject(options.Groups, new ValidationContext(options.Groups), validateAllProperties: true);
        Validator.ValidateObject(options.Compaction, new ValidationContext(options.Compaction), validateAllProperties: true);
        if (TopicSettings.Validate(options.TopicDefaults.AsReadOnly(), options) is { } reason)
            throw new ValidationException($"{BrokerOptions.Section}:{nameof(options.TopicDefaults)}: {reason}");
    }

    private static async Task<IPAddress> ResolveAsync(string host, CancellationToken cancellationToken) =>
        IPAddress.TryParse(host, out var address) ? address : (await Dns.GetHostAddressesAsync(host, cancellationToken))[0];

    private static string AdvertisedHost(BrokerOptions options) =>
        options.AdvertisedHost.Length > 0 ? options.AdvertisedHost : options.ListenHost;
}
