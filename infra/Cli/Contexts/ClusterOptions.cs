using System.CommandLine;
using Streaming.Commands;
using Streaming.Commands.Records;
using Streaming.Contexts;
using Streaming.Contracts;
using Streaming.Hosting.Kafka;
using Streaming.Serdes.Registry;

namespace Streaming.Cli.Contexts;

/// <summary>Where the cluster and its registry are: what every command that reads or writes topics is told.</summary>
internal sealed class ClusterOptions
{
    private readonly Option<string?> _kafka = Text("--kafka", "Bootstrap list of the Kafka cluster", "KAFKA_BOOTSTRAP");
    private readonly Option<string?> _registry = Text("--registry", "Address of the schema registry", "SCHEMA_REGISTRY_URL");
    private readonly Option<string?> _prefix = Text("--prefix", "What goes before every topic's name, if anything", "TOPICS_PREFIX");
    private readonly Option<string[]> _client = new("--client")
    {
        Description = "A further setting of the Kafka client, such as security.protocol=SSL. May be given several times.",
    };

    public IEnumerable<Option> All => [_kafka, _registry, _prefix, _client];

    /// <summary>What is needed by who asks the cluster alone.</summary>
    public IEnumerable<Option> OfKafka => [_kafka, _prefix, _client];

    /// <exception cref="Failure">An address is missing.</exception>
    public ClusterAccess Open(ParseResult arguments)
    {
        var (kafka, prefix) = OpenKafka(arguments);
        var registry = new SchemaRegistryClient(new SchemaRegistryOptions { Url = Needed(_registry, arguments) });
        return new ClusterAccess(kafka, registry, new RecordFormat(registry, AvroRecords.All), prefix);
    }

    /// <exception cref="Failure">Its address is missing.</exception>
    public (KafkaOptions Kafka, string Prefix) OpenKafka(ParseResult arguments)
    {
        var kafka = new KafkaOptions { BootstrapServers = Needed(_kafka, arguments) };
        foreach (var setting in arguments.GetValue(_client) ?? [])
        {
            var parts = setting.Split('=', 2);
            kafka.Client[parts[0]] = parts.Length == 2 ? parts[1] : throw new Failure($"--client {setting}: give name=value.");
        }

        return (kafka, arguments.GetValue(_prefix) ?? "");
    }

    /// <summary>The context of this name.</summary>
    /// <exception cref="Failure">There is none.</exception>
    public static CommandContext Find(string? name) => ContextCatalogue.Find(name ?? "")
        ?? throw new Failure($"'{name}' is no context: give one of {string.Join(", ", ContextCatalogue.All.Select(context => context.Topics.Context))}.");

    private static string Needed(Option<string?> option, ParseResult arguments) => arguments.GetValue(option) is { Length: > 0 } given
        ? given
        : throw new Failure($"Give {option.Name}, or read the stack's addresses (set -a; . .streaming/addresses.env).");

    private static Option<string?> Text(string name, string description, string variable) => new(name)
    {
        Description = $"{description} (default: environment variable {variable}).",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(variable),
    };
}

/// <summary>A cluster and its registry.</summary>
internal sealed record ClusterAccess(KafkaOptions Kafka, SchemaRegistryClient Registry, RecordFormat Format, string Prefix) : IDisposable
{
    public void Dispose() => Registry.Dispose();
}
