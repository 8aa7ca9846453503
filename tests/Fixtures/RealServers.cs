using System.Diagnostics;

namespace Streaming.Fixtures;

/// <summary>A server that nobody of this project wrote.</summary>
public enum RealServer
{
    /// <summary>Apache Kafka. <c>KAFKA_BOOTSTRAP</c> names a running one.</summary>
    Kafka,

    /// <summary>An Apache Kafka of the test's own, which it may kill: <see cref="PrivateKafka"/>.</summary>
    PrivateKafka,

    /// <summary>Apache Kafka's own command-line tools. They work on any broker, also ours.</summary>
    KafkaTools,

    /// <summary>A registry with the Confluent API. <c>SCHEMA_REGISTRY_URL</c> names a running one.</summary>
    Registry,

    /// <summary>OpenSearch, or Elasticsearch. <c>SEARCH_URL</c> names a running one.</summary>
    Search,
}

/// <summary>
/// The real servers that conformance suites also run against. Each is the one its environment variable names; or else started from
/// <c>../shared/servers</c> beside the repository, once per test process, on free ports, stopped at its end; or else absent, said in one line.
/// </summary>
public static class RealServers
{
    // Kafka's controller listens so far above the broker's port.
    private const int ControllerDistance = 101;

    // As the embedded broker of the tests has it: they wait for heartbeats, and for the sessions of the dead.
    private static readonly string[] KafkaSettings =
    [
        "--prop", "group.consumer.min.session.timeout.ms=6000", "--prop", "group.consumer.session.timeout.ms=6000",
        "--prop", "group.consumer.min.heartbeat.interval.ms=200", "--prop", "group.consumer.heartbeat.interval.ms=200",
    ];

    private static readonly Lazy<string?> Folder = new(FindFolder);
    private static readonly Lazy<Task<string>> Kafka = new(() => StartAsync(RealServer.Kafka));
    private static readonly Lazy<Task<string>> Registry = new(() => StartAsync(RealServer.Registry));
    private static readonly Lazy<Task<string>> Search = new(() => StartAsync(RealServer.Search));
    private static readonly Dictionary<RealServer, bool> Announced = [];

    /// <summary>Whether tests against this server can run here. The first no is said on the console.</summary>
    public static bool Has(RealServer server)
    {
        if (Running(server) is not null || Folder.Value is not null)
            return true;
        lock (Announced)
        {
            if (Announced.TryAdd(server, true))
                Console.WriteLine($"absent: no real {server} here ({(Variable(server) is { } variable ? $"{variable} is not set, " : "")}no ../shared/servers); its tests are left out.");
        }
        return false;
    }

    /// <summary>Bootstrap servers of a real Kafka. Ask <see cref="Has"/> first.</summary>
    public static Task<string> KafkaAsync() => Kafka.Value;

    /// <summary>Base URL of a real registry's Confluent API. Ask <see cref="Has"/> first.</summary>
    public static Task<string> RegistryAsync() => Registry.Value;

    /// <summary>Base URL of a real search server. Ask <see cref="Has"/> first.</summary>
    public static Task<string> SearchAsync() => Search.Value;

    /// <summary>Runs one of Kafka's own tools to its end. Ask <see cref="Has"/> for <see cref="RealServer.KafkaTools"/> first.</summary>
    /// <param name="arguments">The tool, such as <c>groups</c>, and what it takes.</param>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message holds what it printed.</exception>
    public static Task<string> KafkaToolAsync(params string[] arguments) => KafkaScriptAsync(arguments);

    /// <summary>A port for a Kafka of one node.</summary>
    internal static int KafkaPort() => FreePorts.OneWith(ControllerDistance);

    /// <summary>Starts, kills and stops Kafkas, and runs Kafka's tools.</summary>
    internal static Task<string> KafkaScriptAsync(params string[] arguments) => RunAsync(
        Path.Combine(Folder.Value ?? throw new InvalidOperationException("No Kafka of our own here: ask RealServers.Has first."), "kafka", "kafka"), arguments);

    internal static string? Running(RealServer server) =>
        Variable(server) is { } variable && Environment.GetEnvironmentVariable(variable) is { Length: > 0 } address ? address : null;

    /// <summary>What names a running one; null for what does not run.</summary>
    private static string? Variable(RealServer server) => server switch
    {
        RealServer.Kafka => "KAFKA_BOOTSTRAP",
        RealServer.PrivateKafka or RealServer.KafkaTools => null,
        RealServer.Registry => "SCHEMA_REGISTRY_URL",
        RealServer.Search => "SEARCH_URL",
        _ => throw new UnreachableException($"No variable for {server}; add it above."),
    };

    private static string? FindFolder()
    {
        var folder = Repository.Root is null ? null : Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "servers"));
        return folder is not null && Directory.Exists(folder) ? folder : null;
    }

    private static async Task<string> StartAsync(RealServer server)
    {
        if (Running(server) is { } running)
            return running;
        if (Folder.Value is null)
            throw new InvalidOperationException($"No real {server} here: set {Variable(server)}, or ask RealServers.Has first.");
        var script = server switch { RealServer.Kafka => "kafka", RealServer.Search => "opensearch", _ => "registry" };
        var path = Path.Combine(Folder.Value, script, script);
        var data = new TempFolder(script);
        // ProcessExit, because several test classes share the server and none of them is known to be the last.
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            RunAsync(path, "stop", data.Path).GetAwaiter().GetResult();
            data.Dispose();
        };
        var isKafka = server == RealServer.Kafka;
        var started = await RunAsync(path, ["start", data.Path, "--port", (isKafka ? KafkaPort() : FreePorts.One()).ToString(), .. isKafka ? KafkaSettings : []]);
        return started.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];
    }

    /// <summary>Runs a server's script to its end. Output goes through files: the server inherits the script's pipes, which would never end.</summary>
    private static async Task<string> RunAsync(string script, params string[] arguments)
    {
        using var folder = new TempFolder("script");
        var output = Path.Combine(folder.Path, "out");
        var start = new ProcessStartInfo("bash", ["-c", "\"$@\" >\"$OUT\" 2>&1 </dev/null", "bash", script, .. arguments])
        {
            Environment = { ["OUT"] = output, ["KAFKA_HEAP"] = "-Xms128m -Xmx512m" },
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{script} could not be started.");
        await process.WaitForExitAsync();
        var said = File.Exists(output) ? await File.ReadAllTextAsync(output) : "";
        return process.ExitCode == 0
            ? said
            : throw new InvalidOperationException($"{script} {string.Join(' ', arguments)} ended with {process.ExitCode}: {said}");
    }
}
