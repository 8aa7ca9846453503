using Streaming.Chaos.Clusters;
using Streaming.Chaos.ReadSide.Destinations;
using Streaming.Chaos.ReadSide.Log;
using Streaming.Chaos.ReadSide.Servers;
using Streaming.Fixtures;
using Streaming.Registry;
using Streaming.Serdes.Registry;

namespace Streaming.Chaos.ReadSide;

/// <summary>The read side as an operator runs it: a cluster, the three destinations, two hosts of each sink, and somebody who writes to the log.</summary>
internal sealed class ReadStage : IAsyncDisposable
{
    private const string IndexPrefix = "chaos-";

    private readonly RegistryServer _registry;
    private readonly SchemaRegistryClient _schemas;
    private readonly string _prefix = SomeNames.Prefix();

    private ReadStage(ICluster cluster, RegistryServer registry, Database database, SearchNode search, LakePlace lake)
    {
        (Cluster, _registry, Database, Search, Lake) = (cluster, registry, database, search, lake);
        _schemas = new SchemaRegistryClient(registry.Url);
        Log = new(cluster.BootstrapServers, _schemas, _prefix);
        Writer = new(cluster.BootstrapServers, _schemas, _prefix, Log.Contains);
        Sql = Hosts("sql-sink", "Streaming.SqlSink", new Dictionary<string, string> { ["Database__ConnectionString"] = database.ConnectionString });
        Elastic = Hosts("elastic-sink", "Streaming.ElasticSink", new Dictionary<string, string>
        {
            ["Elastic__Url"] = search.Front.Url, ["Elastic__IndexPrefix"] = IndexPrefix, ["Elastic__TimeoutMs"] = "5000",
        });
        // Small files, merged all the time, checkpoints and positions often: so that faults meet each of them.
        LakeSink = Hosts("lake-sink", "Streaming.LakeSink", new Dictionary<string, string>(lake.Settings)
        {
            ["Lake__PositionIntervalMs"] = "1000", ["Lake__CheckpointEveryCommits"] = "5", ["Lake__MaintenanceIntervalMs"] = "2000", ["Lake__SmallFilesMin"] = "4",
            ["Lake__SequencesSavedEveryEvents"] = "500",
        });
        Streamctl = new(new Dictionary<string, string>
        {
            ["KAFKA_BOOTSTRAP"] = cluster.BootstrapServers, ["SCHEMA_REGISTRY_URL"] = registry.Url, ["TOPICS_PREFIX"] = _prefix,
        });
        Comparisons = new Dictionary<SinkHosts, IComparison>
        {
            [Sql] = new TableComparison(() => database.ConnectionString),
            [Elastic] = new DocumentComparison(search.Url, IndexPrefix),
            [LakeSink] = new LakeComparison(lake.Open()),
        };
    }

    public ICluster Cluster { get; }
    public Database Database { get; }
    public SearchNode Search { get; }
    public LakePlace Lake { get; }
    public EventWriter Writer { get; }
    public CommittedEvents Log { get; }
    public SinkHosts Sql { get; }
    public SinkHosts Elastic { get; }
    public SinkHosts LakeSink { get; }
    public IReadOnlyList<SinkHosts> Sinks => [Sql, Elastic, LakeSink];

    /// <summary>What the destination of each sink is compared by.</summary>
    public IReadOnlyDictionary<SinkHosts, IComparison> Comparisons { get; }

    /// <summary>What an operator has.</summary>
    public Streamctl Streamctl { get; }

    /// <summary>A topic's name as it is on the cluster.</summary>
    public string TopicOf(string name) => _prefix + name;

    /// <param name="cluster">The stage's from now on.</param>
    /// <param name="lake">The stage's from now on.</param>
    public static async Task<ReadStage> StartAsync(ICluster cluster, LakePlace lake)
    {
        var registry = await RegistryServer.StartAsync(new RegistryServerOptions { BootstrapServers = cluster.BootstrapServers, Topic = SomeNames.Prefix() + "schemas" });
        var stage = new ReadStage(cluster, registry, await Database.StartAsync(), await SearchNode.StartAsync(), lake);
        try
        {
            await Task.WhenAll(stage.Sinks.Select(sink => sink.StartAsync()));
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Everything runs again, and nobody makes trouble.</summary>
    public void Calm()
    {
        Search.Front.Calm();
        Lake.Front?.Calm();
        foreach (var sink in Sinks)
            sink.StartEnded();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sink in Sinks)
            await sink.DisposeAsync();
        foreach (var comparison in Comparisons.Values)
            await comparison.DisposeAsync();
        Writer.Dispose();
        await Lake.DisposeAsync();
        await Search.DisposeAsync();
        await Database.DisposeAsync();
        _schemas.Dispose();
        await _registry.DisposeAsync();
        await Cluster.DisposeAsync();
    }

    private SinkHosts Hosts(string name, string program, IReadOnlyDictionary<string, string> own) => new(name, program, Cluster.BootstrapServers, _prefix, new Dictionary<string, string>(own)
    {
        ["Kafka__BootstrapServers"] = Cluster.BootstrapServers,
        ["Kafka__Client__session.timeout.ms"] = "6000",     // The least that Kafka takes by default.
        ["SchemaRegistry__Url"] = _registry.Url,
        ["Topics__Prefix"] = _prefix,
        ["Sinks__BatchEventsMax"] = "40",
        ["Sinks__BatchLingerMs"] = "20",
        ["Sinks__GroupCommitIntervalMs"] = "200",
        ["Sinks__RetryDelayMs"] = "50",
        ["Sinks__RetryDelayMaxMs"] = "500",
        ["Sinks__ReportIntervalMs"] = "500",
        ["Sinks__ControlPollMs"] = "100",
        ["Logging__LogLevel__Default"] = "Warning",
        ["DOTNET_EnableDiagnostics"] = "0",                 // Or each that is killed leaves its sockets in the temp folder.
    });
}
